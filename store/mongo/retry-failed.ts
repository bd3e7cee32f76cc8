import { ObjectId, type ClientSession } from 'mongodb';
import { StoreError } from '../errors';
import { FINAL_STATES } from '../records';
import { chunkId } from './chunk-id';
import { itemNumbers } from './item-numbers';
import { bodyOf, failedPositions, keptLines } from './chunk-lines';
import type { Database } from './database';
import type { ChunkDoc, UploadDoc } from './documents';
import { enqueueNew } from './queue-order';
import { enqueueUpload, newSubmission } from './submissions';

/**
 * Puts an upload's FAILED items back into the queue under their old numbers; answers how many. A refused BATCH goes
 * back as a whole. Each chunk moves in a transaction of its own, so a crash in between loses none and doubles none.
 */
export async function retryFailed(database: Database, upload: UploadDoc): Promise<number> {
  if (!FINAL_STATES.includes(upload.state))
    throw new StoreError('upload_not_finished', `Upload ${upload._id} is ${upload.state}; retry it when it has ended`);
  const nothing = new StoreError('nothing_to_retry', `Upload ${upload._id} has no FAILED items whose lines were kept`);
  if (upload.cancelled || upload.counts.failed === 0) throw nothing;
  const retried = upload.kind === 'BATCH' ? await retryBatch(database, upload) : await retryChunks(database, upload);
  if (retried === 0) throw nothing;
  return retried;
}

async function retryChunks(database: Database, upload: UploadDoc): Promise<number> {
  const { c, transaction } = database;
  let retried = 0;
  for await (const { _id } of c.chunks
    .find({ upload_id: upload._id, 'counts.failed': { $gt: 0 } })
    .project<{ _id: string }>({ _id: 1 })) {
    const submission_id = new ObjectId().toHexString();
    retried += await transaction((session) => moveFailed(database, session, upload, _id, submission_id));
  }
  return retried;
}

async function moveFailed(
  { c }: Database,
  session: ClientSession,
  upload: UploadDoc,
  chunk_id: string,
  submission_id: string,
): Promise<number> {
  const chunk = await c.chunks.findOne({ _id: chunk_id, 'counts.failed': { $gt: 0 } }, { session });
  if (!chunk) return 0;
  const kept = await keptLines(c, chunk);
  const positions = failedPositions(chunk).filter((at) => kept.has(at));
  if (positions.length === 0) return 0;
  const number = await itemNumbers(c, chunk);
  const body = bodyOf(positions.map((at) => kept.get(at) ?? ''));
  const moved: ChunkDoc = {
    _id: chunkId(submission_id, 0),
    upload_id: upload._id,
    index: 0,
    offset: 0,
    items: positions.length,
    bytes: body.length(),
    frame_ids: positions.map((at) => chunk.frame_ids[at] ?? null),
    lines: positions.map((at) => chunk.lines[at] ?? 0),
    broken: [],
    item_numbers: positions.map(number),
    retry_of: chunk.retry_of ?? chunk._id,
    state: 'WAITING',
  };
  await c.chunks.insertOne(moved, { session });
  await c.bodies.insertOne({ _id: moved._id, body }, { session });
  await enqueueNew(
    c,
    newSubmission({
      _id: submission_id,
      dataset: upload.dataset,
      upload_id: upload._id,
      state: 'WAITING',
      items: positions.length,
      chunks: 1,
    }),
    session,
  );
  const gone = new Set(positions);
  const numbers = new Set(moved.item_numbers);
  await c.chunks.updateOne(
    { _id: chunk._id },
    {
      $set: {
        outcomes: [...(chunk.outcomes ?? '')].map((letter, at) => (gone.has(at) ? 'R' : letter)).join(''),
        errors: chunk.errors?.filter((error) => !numbers.has(error.item)),
        'counts.failed': (chunk.counts?.failed ?? 0) - positions.length,
      },
    },
    { session },
  );
  await c.bodies.deleteOne({ _id: chunk._id }, { session });
  await c.uploads.updateOne(
    { _id: upload._id },
    {
      $set: { state: 'PROCESSING', ...(upload.kind === 'DIRECT' ? {} : { watched: false }) },
      $inc: { 'counts.failed': -positions.length },
    },
    { session },
  );
  return positions.length;
}

async function retryBatch(database: Database, upload: UploadDoc): Promise<number> {
  const { c, transaction } = database;
  return transaction(async (session) => {
    const doc = await c.uploads.findOne({ _id: upload._id, state: 'FAILED' }, { session });
    if (!doc) return 0;
    await c.chunks.updateMany(
      { upload_id: upload._id, state: 'DONE' },
      {
        $set: { state: 'WAITING' },
        $unset: { outcomes: '', ops: '', errors: '', counts: '', commit_id: '', window: '', version: '' },
      },
      { session },
    );
    await c.submissions.updateMany(
      { upload_id: upload._id, kind: 'items', state: 'DRAINED' },
      { $set: { state: 'HELD' } },
      { session },
    );
    await c.uploads.updateOne(
      { _id: upload._id },
      {
        $set: { state: 'PROCESSING', watched: false, 'counts.failed': 0, 'counts.not_applied': 0 },
        $unset: { error: '' },
      },
      { session },
    );
    await enqueueUpload(c, session, doc, 'batch');
    return doc.counts.failed;
  });
}
