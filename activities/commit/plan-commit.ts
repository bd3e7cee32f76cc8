import { COMMIT_ITEMS, CommitCutter } from '../../domain/cut-commit';
import type { CommitPart, CommitPlan, CommitStore, Queued } from '../../store/commit-store';
import type { DatasetKey } from '../../store/records';

/** Queue entries looked at for one version: bounds the transaction that takes them. */
const ENTRIES = 500;
const CHUNKS_AT_A_TIME = 60;

export interface PlannedCommit {
  plan: CommitPlan;
  /** Queue entries that are taken as a whole. */
  queued: string[];
}

/** The next version out of what waits: one BATCH or restore alone, or as many chunks as share no frame. */
export async function planCommit(commits: CommitStore, key: DatasetKey): Promise<PlannedCommit | null> {
  const waiting = await commits.waiting(key, ENTRIES);
  const [first] = waiting;
  if (!first) return null;
  if (first.kind === 'batch')
    return { plan: { kind: 'batch', parts: await commits.batchParts(first.upload_id) }, queued: [first.submission_id] };
  if (first.kind === 'restore') return { plan: { kind: 'restore', parts: [] }, queued: [first.submission_id] };
  return { plan: { kind: 'stream', parts: await cutParts(commits, waiting) }, queued: [] };
}

async function cutParts(commits: CommitStore, waiting: Queued[]): Promise<CommitPart[]> {
  const cutter = new CommitCutter();
  const parts: CommitPart[] = [];
  for (const entry of waiting) {
    if (entry.kind !== 'items') break;
    const part = { submission_id: entry.submission_id, upload_id: entry.upload_id, from_chunk: entry.next_chunk, to_chunk: entry.next_chunk, items: 0 };
    const whole = await takeChunks(commits, cutter, part, entry.chunks);
    if (part.items > 0) parts.push(part);
    if (!whole || parts.reduce((sum, one) => sum + one.items, 0) >= COMMIT_ITEMS) break;
  }
  return parts;
}

/** True when the entry went in to its end. */
async function takeChunks(commits: CommitStore, cutter: CommitCutter, part: CommitPart, end: number): Promise<boolean> {
  while (part.to_chunk < end) {
    const chunks = await commits.chunkIds(part.submission_id, part.to_chunk, Math.min(CHUNKS_AT_A_TIME, end - part.to_chunk));
    if (chunks.length === 0) throw new Error(`Submission ${part.submission_id} lacks its chunk ${part.to_chunk}`);
    for (const chunk of chunks) {
      if (!cutter.take(chunk)) return false;
      part.to_chunk = chunk.index + 1;
      part.items += chunk.items;
    }
  }
  return true;
}
