import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { StoreError } from '../../store/errors';
import type { IngestRecord } from '../../store/ingests';
import { stageLines } from '../../staging/stage-lines';
import { LINE_BYTES } from '../../store/staging';
import type { UploadRef } from '../../temporal/hints';
import type { ActivityDeps } from '../deps';
import { checkFiles } from './check-files';
import { fetchForeignFiles } from './fetch-foreign-files';
import { itemLines } from './item-lines';
import { UnreadableFile } from './unreadable-file';

const BEAT_MS = 1_000;
/** How often to look whether the dataset's earlier uploads are staged. */
const TURN_MS = 100;
const CHUNKS_IN_FLIGHT = 2;

/**
 * Stages the items of an upload that came as files, part by part, so that the first commit while the last are read. A
 * part is staged once, whatever dies: it counts as staged in the transaction that completes its items. Uploads of one
 * dataset are staged in the order they were opened.
 */
export async function stageFiles(deps: ActivityDeps, ref: UploadRef): Promise<void> {
  const { upload_id } = ref;
  const { ingests, hints } = deps;
  const { cancellationSignal: signal, heartbeat } = Context.current();
  const beats = setInterval(() => heartbeat(), BEAT_MS);
  try {
    for (;;) {
      signal.throwIfAborted();
      const ingest = await ingests.get(upload_id);
      if (ingest?.state !== 'WAITING') return;
      if (await ingests.mustWait(ingest)) await sleep(TURN_MS, undefined, { signal });
      else await deps.ingestSlots.runExclusive(() => stage(deps, ref, ingest, signal));
    }
  } finally {
    clearInterval(beats);
    hints.datasetHasWork(ref);
  }
}

/** Goes on with the files where an earlier attempt ended; returns when they are staged, unreadable, or somebody else's. */
async function stage(deps: ActivityDeps, ref: UploadRef, ingest: IngestRecord, signal: AbortSignal): Promise<void> {
  const { ingests } = deps;
  const { upload_id } = ingest;
  try {
    if (ingest.parts_staged === 0) {
      await fetchForeignFiles(deps, ingest, signal);
      await checkFiles(deps.objects, ingest);
    }
    for (let index = ingest.parts_staged; index < ingest.parts.length; index++) {
      await stagePart(deps, ingest, index, signal);
      if (ref.kind === 'STREAMING') deps.hints.datasetHasWork(ref);
    }
    await ingests.finish(upload_id);
  } catch (error) {
    if (error instanceof UnreadableFile) {
      await ingests.fail(upload_id, { code: 'unreadable_file', message: error.message });
    } else if (error instanceof StoreError && ENDED_BY_OTHERS.has(error.code)) await ingests.finish(upload_id);
    // Another attempt staged the part: look again how far it is.
    else if (!(error instanceof StoreError && error.code === 'conflict')) throw error;
  }
}

/** The upload was cancelled or deleted meanwhile. */
const ENDED_BY_OTHERS: ReadonlySet<string> = new Set(['upload_cancelled', 'upload_closed', 'upload_not_found']);

async function stagePart(deps: ActivityDeps, ingest: IngestRecord, index: number, signal: AbortSignal): Promise<void> {
  const { staging, stagingBudget: budget, logger, ingests } = deps;
  const limits = { lineBytes: LINE_BYTES, chunksInFlight: CHUNKS_IN_FLIGHT };
  const parts_staged = index + 1;
  const staged = await stageLines(
    { staging, budget, limits, logger },
    ingest.key,
    ingest.upload_id,
    itemLines(deps, ingest, index, signal),
    { completedWith: () => ({ parts_staged }) },
  );
  if (staged === null) await ingests.skipPart(ingest.upload_id, parts_staged);
}
