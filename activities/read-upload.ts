import { ApplicationFailure } from '@temporalio/activity';
import type { WatchedUpload } from '../store/maintenance';
import { FINAL_STATES } from '../store/records';
import type { UploadRef } from '../temporal/hints';
import type { ActivityDeps } from './deps';

/** What an upload's workflow shows of it. */
export interface ReadUpload {
  state: string;
  /** In its final state; the workflow may end. */
  ended: boolean;
  /** Still waits to be closed; the workflow waits for a signal. */
  open: boolean;
  /** Its items come from files that are not all staged yet: a worker has to do that. */
  staging?: boolean;
  counts: WatchedUpload['counts'];
  last_version: number | null;
}

const NONE: WatchedUpload['counts'] = { received: 0, applied: 0, unchanged: 0, failed: 0, not_applied: 0 };

/**
 * Where an upload stands. One that is gone has ended. Reading the end gives its files free, and notes in the store that
 * the workflow saw it.
 */
export async function readUpload(
  { maintenance, objects }: ActivityDeps,
  { upload_id }: UploadRef,
): Promise<ReadUpload> {
  const upload = await maintenance.watchedUpload(upload_id);
  if (!upload) return { state: 'DELETED', ended: true, open: false, counts: NONE, last_version: null };
  const { state, counts, last_version, closed, staging } = upload;
  const ended = (FINAL_STATES as readonly string[]).includes(state);
  if (ended) {
    await objects.release(upload_id);
    await maintenance.markWatched(upload_id);
  }
  return { state, ended, open: !closed, staging, counts, last_version };
}

/** Cancels an upload in the store, for an operator who cancelled its workflow. */
export async function cancelUpload({ uploads }: ActivityDeps, { key, upload_id }: UploadRef): Promise<void> {
  try {
    await uploads.cancel(key, upload_id);
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === 'upload_finished' || code === 'upload_not_found') return;
    throw ApplicationFailure.fromError(error, { type: code ?? 'internal' });
  }
}
