import { COMMIT_ITEMS, CommitCutter } from '../../domain/cut-commit';
import type { ChunkIds, CommitPart, CommitPlan, CommitStore, Queued } from '../../store/commit-store';
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
  const waiting = await readyEntries(commits, key);
  const [first] = waiting;
  if (!first) return null;
  if (first.kind === 'batch')
    return { plan: { kind: 'batch', parts: await commits.batchParts(first.upload_id) }, queued: [first.submission_id] };
  if (first.kind === 'restore') return { plan: { kind: 'restore', parts: [] }, queued: [first.submission_id] };
  const parts = await cutParts(commits, waiting);
  const taken = new Set(parts.map((part) => part.submission_id));
  const direct = waiting.every((entry) => !taken.has(entry.submission_id) || (entry.kind === 'items' && entry.direct));
  return { plan: { kind: 'stream', parts, direct }, queued: [] };
}

/** What waits, up to the first entry that is still packed. */
async function readyEntries(commits: CommitStore, key: DatasetKey): Promise<Queued[]> {
  for (;;) {
    const waiting = await commits.waiting(key, ENTRIES);
    const packed = waiting.findIndex((entry) => entry.kind === 'items' && entry.packed);
    if (packed === -1) return waiting;
    if (packed > 0 && waiting.slice(0, packed).some((entry) => entry.kind !== 'items')) return waiting.slice(0, packed);
    await commits.unpack(key);
  }
}

async function cutParts(commits: CommitStore, waiting: Queued[]): Promise<CommitPart[]> {
  const cutter = new CommitCutter();
  const parts: CommitPart[] = [];
  const entries = waiting.slice(0, firstWhole(waiting));
  const small = entries.flatMap((entry) =>
    entry.kind === 'items' && entry.chunks - entry.next_chunk === 1 ? entry : [],
  );
  const known = await commits.chunkIds(
    small.map((entry) => ({ submission_id: entry.submission_id, from: entry.next_chunk, limit: 1 })),
  );
  for (const entry of entries) {
    if (entry.kind !== 'items') break;
    const part = {
      submission_id: entry.submission_id,
      upload_id: entry.upload_id,
      from_chunk: entry.next_chunk,
      to_chunk: entry.next_chunk,
      items: 0,
    };
    const whole = await takeChunks(commits, cutter, part, entry.chunks, known.get(entry.submission_id));
    if (part.items > 0) parts.push(part);
    if (!whole || parts.reduce((sum, one) => sum + one.items, 0) >= COMMIT_ITEMS) break;
  }
  return parts;
}

/** Where the entries end that may go together: at the first BATCH or restore. */
function firstWhole(waiting: Queued[]): number {
  const at = waiting.findIndex((entry) => entry.kind !== 'items');
  return at === -1 ? waiting.length : at;
}

/** True when the entry went in to its end. */
async function takeChunks(
  commits: CommitStore,
  cutter: CommitCutter,
  part: CommitPart,
  end: number,
  known: ChunkIds[] | undefined,
): Promise<boolean> {
  while (part.to_chunk < end) {
    const run = {
      submission_id: part.submission_id,
      from: part.to_chunk,
      limit: Math.min(CHUNKS_AT_A_TIME, end - part.to_chunk),
    };
    const chunks = known ?? (await commits.chunkIds([run])).get(part.submission_id) ?? [];
    if (chunks.length === 0) throw new Error(`Submission ${part.submission_id} lacks its chunk ${part.to_chunk}`);
    for (const chunk of chunks) {
      if (!cutter.take(chunk)) return false;
      part.to_chunk = chunk.index + 1;
      part.items += chunk.items;
    }
  }
  return true;
}
