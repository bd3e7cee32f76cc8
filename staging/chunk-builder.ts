import { CHUNK_BYTES, CHUNK_ITEMS, type StagedChunk } from '../store/staging';
import { ByteBuffer } from './byte-buffer';
import { frameIdOfLine } from './line-frame-id';
import type { Line } from './line-splitter';

const NEWLINE = 0x0a;

/** Cuts the lines of one post into chunks: bounded in items and bytes, and with no frame named twice in one. */
export class ChunkBuilder {
  /** Items taken so far, over all chunks. */
  items = 0;
  /** Chunks given out so far. */
  chunks = 0;
  private body = new ByteBuffer();
  private frameIds: (string | null)[] = [];
  private named = new Set<string>();
  private lines: number[] = [];
  private broken: StagedChunk['broken'] = [];

  constructor(private readonly maxLineBytes: number) {}

  /** Takes one line; answers the chunk that had to be finished before it, if any. */
  add({ number, bytes, failure, frame_id }: Line): StagedChunk | undefined {
    const frameId = frame_id !== undefined || bytes === null ? (frame_id ?? null) : frameIdOfLine(bytes);
    const finished = this.fits(frameId, bytes?.length ?? 0) ? undefined : this.finish();
    if (this.lines.length > 0) this.body.appendByte(NEWLINE);
    if (bytes === null) this.broken.push({ at: this.lines.length, failure: failure ?? this.tooLong(number) });
    else this.body.append(bytes);
    this.frameIds.push(frameId);
    if (frameId !== null) this.named.add(frameId);
    this.lines.push(number);
    this.items += 1;
    return finished;
  }

  /** The last chunk; undefined when no line is left. */
  end(): StagedChunk | undefined {
    return this.lines.length === 0 ? undefined : this.finish();
  }

  private fits(frameId: string | null, bytes: number): boolean {
    const items = this.lines.length;
    if (items === 0) return true;
    if (items >= CHUNK_ITEMS || this.body.length + 1 + bytes > CHUNK_BYTES) return false;
    return frameId === null || !this.named.has(frameId);
  }

  private finish(): StagedChunk {
    const chunk: StagedChunk = {
      index: this.chunks,
      offset: this.items - this.lines.length,
      body: this.body.view(),
      frame_ids: this.frameIds,
      lines: this.lines,
      broken: this.broken,
    };
    this.chunks += 1;
    // The next chunk is likely of the same size.
    this.body = new ByteBuffer(Math.min(Math.ceil(1.1 * this.body.length), CHUNK_BYTES));
    this.frameIds = [];
    this.named = new Set();
    this.lines = [];
    this.broken = [];
    return chunk;
  }

  private tooLong(line: number): StagedChunk['broken'][number]['failure'] {
    const limit = `${this.maxLineBytes} bytes`;
    return {
      code: 'line_too_long',
      message: `Line ${line} is longer than ${limit}; make the frame smaller, for instance by sending large parts as URLs`,
    };
  }
}
