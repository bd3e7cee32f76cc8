import { setTimeout as sleep } from 'node:timers/promises';
import type { ChunkResult, CommitStore, PackedRevisions } from '../../store/commit-store';
import { StoreError } from '../../store/errors';
import { rejectionKey, type Rejection } from './rejection';

/** How often one item is tried alone before it FAILS, and how long after the first try; then four times as long. */
const ATTEMPTS = 4;
const FIRST_DELAY_MS = 50;

/**
 * Finds the items whose revisions the store will not take, by halving; a culprit is tried alone again, with back-off,
 * before it is given up. Answers the items given up, none when the trouble has passed.
 */
export async function findRejected(commits: CommitStore, results: ChunkResult[]): Promise<Map<string, Rejection>> {
  const rejected = new Map<string, Rejection>();
  for (const { chunk, revisions } of results) {
    const place = (frame_id: string): string => rejectionKey(chunk.chunk_id, chunk.frame_ids.indexOf(frame_id));
    await search(revisions, place);
  }
  return rejected;

  async function search(revisions: PackedRevisions, place: (frame_id: string) => string): Promise<void> {
    const complaint = await refusalOf(revisions);
    if (complaint === undefined) return;
    const { frame_ids } = revisions;
    const [only] = frame_ids;
    if (frame_ids.length === 1 && only !== undefined) {
      const last = await tryAgain(revisions);
      if (last !== undefined) rejected.set(place(only), rejection(last));
      return;
    }
    const middle = Math.ceil(frame_ids.length / 2);
    await search(part(revisions, 0, middle), place);
    await search(part(revisions, middle, frame_ids.length), place);
  }

  async function tryAgain(alone: PackedRevisions): Promise<string | undefined> {
    let complaint: string | undefined;
    for (let attempt = 2; attempt <= ATTEMPTS; attempt++) {
      await sleep(FIRST_DELAY_MS * 4 ** (attempt - 2));
      complaint = await refusalOf(alone);
      if (complaint === undefined) return undefined;
    }
    return complaint;
  }

  async function refusalOf(revisions: PackedRevisions): Promise<string | undefined> {
    if (revisions.ends.length === 0) return undefined;
    try {
      await commits.probe(revisions);
      return undefined;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'store_unavailable') throw error;
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** The revisions `from` to before `to`. */
function part({ frame_ids, ends, bytes }: PackedRevisions, from: number, to: number): PackedRevisions {
  const start = ends[from - 1] ?? 0;
  return {
    frame_ids: frame_ids.slice(from, to),
    ends: ends.slice(from, to).map((end) => end - start),
    bytes: bytes.subarray(start, ends[to - 1] ?? 0),
  };
}

function rejection(complaint: string): Rejection {
  return {
    attempts: ATTEMPTS,
    failure: {
      code: 'store_rejected',
      message: `The store refused this frame ${ATTEMPTS} times: ${complaint.slice(0, 300)}`,
    },
  };
}
