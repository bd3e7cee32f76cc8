import type { StagedChunk } from '../store/staging';
import type { ByteBudget } from './byte-budget';

/** Sends the chunks of one post to the store, a few at a time; who reads the body waits for it to take the next. */
export class ChunkSender {
  private readonly running = new Set<Promise<void>>();
  private failure: { error: unknown } | undefined;

  constructor(
    private readonly put: (chunk: StagedChunk) => Promise<void>,
    private readonly inFlight: number,
    private readonly budget: ByteBudget,
  ) {}

  /** Returns when the chunk is on its way. Throws what an earlier chunk failed with. */
  async send(chunk: StagedChunk): Promise<void> {
    while (this.running.size >= this.inFlight) await Promise.race(this.running);
    await this.budget.take(chunk.body.length);
    this.throwFailure(chunk.body.length);
    const sending = this.put(chunk)
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => {
        this.running.delete(sending);
        this.budget.give(chunk.body.length);
      });
    this.running.add(sending);
  }

  /** Returns when every chunk has arrived; throws what one failed with, after the others have ended too. */
  async finish(): Promise<void> {
    await this.settle();
    this.throwFailure(0);
  }

  /** Returns when nothing is on its way any more, whatever became of it. */
  async settle(): Promise<void> {
    await Promise.all(this.running);
  }

  private throwFailure(taken: number): void {
    if (this.failure === undefined) return;
    this.budget.give(taken);
    throw this.failure.error;
  }
}
