import { setTimeout as sleep } from 'node:timers/promises';
import type { ChunkResult, CommitRecord, CommitStore, NewRevision } from '../../store/commit-store';
import { StoreError } from '../../store/errors';
import { rejectionKey, type Rejection } from './rejection';

/** How often one item is tried alone before it FAILS, and how long after the first try; then four times as long. */
const ATTEMPTS = 4;
const FIRST_DELAY_MS = 50;

/**
 * Finds the items whose revisions the store will not take, by halving; a culprit is tried alone again, with back-off,
 * before it is given up. Answers the items given up, none when the trouble has passed.
 */
export async function findRejected(
  commits: CommitStore,
  commit: CommitRecord,
  results: ChunkResult[],
): Promise<Map<string, Rejection>> {
  const places = new Map<NewRevision, string>();
  for (const { chunk, revisions } of results)
    for (const revision of revisions)
      places.set(revision, rejectionKey(chunk.chunk_id, chunk.frame_ids.indexOf(revision.frame_id)));
  const rejected = new Map<string, Rejection>();
  await search([...places.keys()]);
  return rejected;

  async function search(revisions: NewRevision[]): Promise<void> {
    const complaint = await refusalOf(revisions);
    if (complaint === undefined) return;
    const [only] = revisions;
    if (revisions.length === 1 && only) {
      const last = await tryAgain(only);
      if (last !== undefined) rejected.set(places.get(only) ?? '', rejection(last));
      return;
    }
    const middle = Math.ceil(revisions.length / 2);
    await search(revisions.slice(0, middle));
    await search(revisions.slice(middle));
  }

  async function tryAgain(revision: NewRevision): Promise<string | undefined> {
    let complaint: string | undefined;
    for (let attempt = 2; attempt <= ATTEMPTS; attempt++) {
      await sleep(FIRST_DELAY_MS * 4 ** (attempt - 2));
      complaint = await refusalOf([revision]);
      if (complaint === undefined) return undefined;
    }
    return complaint;
  }

  async function refusalOf(revisions: NewRevision[]): Promise<string | undefined> {
    if (revisions.length === 0) return undefined;
    try {
      await commits.probe(commit, revisions);
      return undefined;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'store_unavailable') throw error;
      return error instanceof Error ? error.message : String(error);
    }
  }
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
