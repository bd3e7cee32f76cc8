import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { FINAL_STATES } from '../store/records';
import type { WatchedUpload } from '../store/maintenance';
import type { UploadRef } from '../temporal/hints';
import type { ActivityDeps } from './deps';

const LOOK_MS = 250;
/** One activity follows for at most this long. */
const FOLLOW_MS = 600_000;

export interface FollowedUpload {
  state: string;
  /** In its final state; the workflow may end. */
  ended: boolean;
  /** Still waits to be closed; the workflow waits for a signal. */
  open: boolean;
  counts: WatchedUpload['counts'];
  last_version: number | null;
}

/** Waits while an upload has anything to do; its heartbeats carry the counts. An upload that is gone has ended. */
export async function followUpload({ maintenance }: ActivityDeps, { upload_id }: UploadRef): Promise<FollowedUpload> {
  const context = Context.current();
  const until = Date.now() + FOLLOW_MS;
  for (;;) {
    const upload = await maintenance.watchedUpload(upload_id);
    if (!upload) return { state: 'DELETED', ended: true, open: false, counts: NONE, last_version: null };
    const { state, counts, last_version, closed } = upload;
    const ended = (FINAL_STATES as readonly string[]).includes(state);
    if (ended) await maintenance.markWatched(upload_id);
    const followed = { state, ended, open: !closed, counts, last_version };
    if (ended || !closed || Date.now() > until) return followed;
    context.heartbeat(followed);
    context.cancellationSignal.throwIfAborted();
    await sleep(LOOK_MS);
  }
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

const NONE: WatchedUpload['counts'] = { received: 0, applied: 0, unchanged: 0, failed: 0, not_applied: 0 };
