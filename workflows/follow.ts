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
import type { ReadUpload } from '../activities/read-upload';
import type { UploadRef } from '../temporal/hints';
import { cancelUpload, readUpload, stageFiles } from './activity-options';
import { changedSignal } from './messages';
import { FAILED } from './search-attributes';

const EVENTS = 1_000;
/** The actor's signal tells of the end at once; these looks in between keep the details fresh, and cost ten events. */
const FIRST_LOOK_MS = 5_000;
const LAST_LOOK_MS = 300_000;

/** Follows an upload to its end, whatever its kind; cancelling the workflow cancels the upload. */
export async function follow(ref: UploadRef): Promise<void> {
  let changed = true;
  setHandler(changedSignal, () => {
    changed = true;
  });
  try {
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LAST_LOOK_MS)) {
      changed = false;
      const upload = await readUpload(ref);
      show(ref, upload);
      if (upload.ended) return;
      if (upload.staging) await stageFiles(ref);
      else if (upload.open) await condition(() => changed);
      else await condition(() => changed, pause);
      if (workflowInfo().historyLength > EVENTS) await continueAsNew<(upload: UploadRef) => Promise<void>>(ref);
    }
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => cancel(ref));
    throw error;
  }
}

/** What is intended finishes, so the last state shown may still be PROCESSING. */
async function cancel(ref: UploadRef): Promise<void> {
  await cancelUpload(ref);
  show(ref, await readUpload(ref));
}

function show(ref: UploadRef, { state, counts, last_version }: ReadUpload): void {
  const { received, applied, unchanged, failed, not_applied } = counts;
  setCurrentDetails(
    [
      `**${ref.kind} upload ${ref.upload_id}** into ${ref.project}/${ref.dataset}: ${state}`,
      `received ${received}, applied ${applied}, unchanged ${unchanged}, failed ${failed}, not applied ${not_applied}`,
      last_version === null ? 'no version yet' : `last version ${last_version}`,
    ].join('\n\n'),
  );
  const known = workflowInfo().typedSearchAttributes;
  // A server that refused the attributes starts its workflows without any.
  if (known.getAll().length > 0 && known.get(FAILED) !== failed)
    upsertSearchAttributes([{ key: FAILED, value: failed }]);
}
