import {
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { FollowedUpload } from '../activities/follow-upload';
import type { UploadRef } from '../temporal/hints';
import { cancelUpload, followUpload } from './activity-options';
import { changedSignal } from './messages';
import { FAILED } from './search-attributes';

const EVENTS = 1_000;

/** Follows an upload to its end, whatever its kind; cancelling the workflow cancels the upload. */
export async function follow(ref: UploadRef): Promise<void> {
  let changed = false;
  setHandler(changedSignal, () => {
    changed = true;
  });
  for (;;) {
    try {
      const upload = await followUpload(ref);
      show(ref, upload);
      if (upload.ended) return;
      if (upload.open) await condition(() => changed);
      changed = false;
      if (workflowInfo().historyLength > EVENTS) await continueAsNew<(upload: UploadRef) => Promise<void>>(ref);
    } catch (error) {
      if (!isCancellation(error)) throw error;
      await CancellationScope.nonCancellable(() => settleCancelled(ref));
      throw error;
    }
  }
}

async function settleCancelled(ref: UploadRef): Promise<void> {
  await cancelUpload(ref);
  show(ref, await followUpload(ref));
}

function show(ref: UploadRef, { state, counts, last_version }: FollowedUpload): void {
  const { received, applied, unchanged, failed, not_applied } = counts;
  setCurrentDetails(
    [
      `**${ref.kind} upload ${ref.upload_id}** into ${ref.project}/${ref.dataset}: ${state}`,
      `received ${received}, applied ${applied}, unchanged ${unchanged}, failed ${failed}, not applied ${not_applied}`,
      last_version === null ? 'no version yet' : `last version ${last_version}`,
    ].join('\n\n'),
  );
  if (workflowInfo().typedSearchAttributes.getAll().length > 0) upsertSearchAttributes([{ key: FAILED, value: failed }]);
}
