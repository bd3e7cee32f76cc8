import type { Readable } from 'node:stream';

/**
 * Reads a stream piece by piece without owning it. Node's own async iteration destroys a request that is not read to its
 * end, and with it the connection that the answer has to go out on.
 */
export class PieceReader {
  private ended = false;
  private failure: { error: unknown } | undefined;
  private wake: (() => void) | undefined;

  constructor(private readonly stream: Readable) {
    stream.on('readable', this.onReadable).on('end', this.onEnd).on('error', this.onError).on('close', this.onClose);
  }

  /** The next piece, null at the end. Throws what the stream failed with. */
  async next(): Promise<Buffer | null> {
    for (;;) {
      const piece = this.stream.read() as Buffer | null;
      if (piece !== null) return piece;
      if (this.failure !== undefined) throw this.failure.error;
      if (this.ended || this.stream.readableEnded) return null;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** Lets go of the stream, which may be read otherwise from then on. */
  detach(): void {
    this.stream.off('readable', this.onReadable).off('end', this.onEnd).off('close', this.onClose);
  }

  private readonly onReadable = (): void => this.wake?.();

  private readonly onEnd = (): void => {
    this.ended = true;
    this.wake?.();
  };

  // Stays on the stream after `detach`: an error that nobody listens for would end the process.
  private readonly onError = (error: unknown): void => {
    this.failure ??= { error };
    this.wake?.();
  };

  private readonly onClose = (): void => {
    if (!this.ended) this.failure ??= { error: new Error('The stream was closed before its end') };
    this.wake?.();
  };
}
