/** A waiting chunk as far as cutting needs it. */
export interface WaitingChunk {
  items: number;
  frame_ids: readonly (string | null)[];
}

/** The most items one version takes from STREAMING and DIRECT uploads: bounds the id set and a reader's wait. */
export const COMMIT_ITEMS = 50_000;

/**
 * Decides chunk by chunk what still fits into one version: chunks that share a frame go to different versions, in
 * order, so that a frame that comes twice makes two revisions.
 */
export class CommitCutter {
  private readonly frames = new Set<string>();
  private items = 0;

  /** True, and the chunk is in, when it fits; the first always does. */
  take(chunk: WaitingChunk): boolean {
    if (this.items > 0 && this.items + chunk.items > COMMIT_ITEMS) return false;
    for (const id of chunk.frame_ids) if (id !== null && this.frames.has(id)) return false;
    for (const id of chunk.frame_ids) if (id !== null) this.frames.add(id);
    this.items += chunk.items;
    return true;
  }
}
