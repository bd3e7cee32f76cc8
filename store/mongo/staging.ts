import { Binary, ObjectId, type ClientSession } from 'mongodb';
import { StoreError } from '../errors';
import type { IdempotencyClaim, StagedChunk, SubmissionRef } from '../staging';
import type { StagingStore } from '../store';
import { chunkId } from './chunk-id';
import type { Collections, Database } from './database';
import type { ChunkDoc, UploadDoc } from './documents';
import { enqueueNew, QUEUE_PLACE } from './queue-order';
import { settleUpload } from './settle-upload';
import { newSubmission, receivedDirect } from './submissions';
import { newUpload } from './uploads';

export function stagingStore(database: Database): StagingStore {
  const { c, transaction } = database;
  return {
    async begin(key, upload_id) {
      const upload = await c.uploads.findOne({ _id: upload_id, dataset: key });
      if (upload?.state !== 'OPEN' || upload.kind === 'DIRECT') throw refusal(upload, upload_id);
      const submission = newSubmission({ _id: new ObjectId().toHexString(), dataset: key, upload_id });
      await c.submissions.insertOne(submission);
      return { submission_id: submission._id, upload_id, key };
    },

    async putChunk(submission, chunk) {
      const doc = toChunk(submission, chunk);
      await Promise.all([c.bodies.insertOne({ _id: doc._id, body: new Binary(chunk.body) }), c.chunks.insertOne(doc)]);
    },

    async complete({ submission_id, upload_id }, { chunks, items }, { claim, parts_staged } = {}) {
      return transaction(async (session) => {
        const upload = await c.uploads.findOneAndUpdate(
          { _id: upload_id, state: 'OPEN' },
          { $inc: { 'counts.received': items } },
          { session, returnDocument: 'before' },
        );
        if (!upload) throw refusal(await c.uploads.findOne({ _id: upload_id }, { session }), upload_id);
        const first_index = upload.counts.received;
        const { matchedCount } = await c.submissions.updateOne(
          { _id: submission_id, state: 'STAGING' },
          [
            {
              $set: {
                ...QUEUE_PLACE,
                state: upload.kind === 'BATCH' ? 'HELD' : 'WAITING',
                first_item: first_index,
                items,
                chunks,
              },
            },
          ],
          { session },
        );
        if (matchedCount === 0)
          throw new StoreError('conflict', 'The post was given up before it was whole; send it again');
        const answer = { first_index, count: items };
        if (parts_staged !== undefined) await takePart(c, session, upload_id, parts_staged);
        if (claim) await finishClaim(c, session, claim, { status: 202, body: answer, headers: {} }, upload_id);
        return answer;
      });
    },

    async abandon({ submission_id }) {
      const { deletedCount } = await c.submissions.deleteOne({ _id: submission_id, state: 'STAGING' });
      if (deletedCount > 0) await deleteChunks(c, submission_id);
    },

    async openDirect(key, created_by) {
      const dataset = await c.datasets.findOne({ _id: key, state: 'ACTIVE' });
      if (!dataset) throw new StoreError('dataset_not_found', 'The dataset was deleted');
      const upload = newUpload(dataset, 'DIRECT', created_by);
      await c.uploads.insertOne(upload);
      return { upload_id: upload._id };
    },

    async stageDirect(key, upload_id, first_item, writes) {
      const submission = newSubmission({
        _id: new ObjectId().toHexString(),
        dataset: key,
        upload_id,
        state: 'WAITING',
        first_item,
        items: writes.length,
        chunks: 1,
        direct: true,
        packed: {
          frame_ids: writes.map((write) => write.frame_id),
          body: new Binary(Buffer.from(writes.map((write) => write.line).join('\n'), 'utf8')),
        },
      });
      const claims = writes.flatMap(({ claim }, at) => (claim ? { claim, item: first_item + at } : []));
      if (claims.length === 0) return enqueueNew(c, submission);
      await transaction(async (session) => {
        await enqueueNew(c, submission, session);
        for (const { claim, item } of claims) await noteItem(c, session, claim, upload_id, item);
      });
    },

    async closeDirect(_key, upload_id, received) {
      await transaction(async (session) => {
        const count = received ?? (await receivedDirect(c, upload_id, session));
        const upload = await c.uploads.findOneAndUpdate(
          { _id: upload_id, kind: 'DIRECT', closed: false },
          { $set: { closed: true, state: 'PROCESSING', 'counts.received': count } },
          { session, returnDocument: 'after' },
        );
        if (!upload) return;
        if (received === 0) await c.uploads.deleteOne({ _id: upload_id }, { session });
        else await settleUpload(c, session, upload);
      });
    },
  };
}

function refusal(upload: UploadDoc | null, upload_id: string): StoreError {
  if (!upload) return new StoreError('upload_not_found', `The dataset has no upload ${upload_id}`);
  if (upload.cancelled)
    return new StoreError('upload_cancelled', `Upload ${upload_id} was cancelled and takes no more items`);
  return new StoreError(
    'upload_closed',
    `Upload ${upload_id} is ${upload.state} and takes no more items; open a new one`,
  );
}

function toChunk(
  { submission_id, upload_id }: Pick<SubmissionRef, 'submission_id' | 'upload_id'>,
  chunk: StagedChunk,
): ChunkDoc {
  return {
    _id: chunkId(submission_id, chunk.index),
    upload_id,
    index: chunk.index,
    offset: chunk.offset,
    items: chunk.frame_ids.length,
    bytes: chunk.body.byteLength,
    frame_ids: chunk.frame_ids,
    lines: chunk.lines,
    broken: chunk.broken,
    state: 'WAITING',
  };
}

export async function deleteChunks(c: Collections, submission_id: string): Promise<void> {
  const range = { $gte: chunkId(submission_id, 0), $lte: chunkId(submission_id, 999_999) };
  await Promise.all([c.bodies.deleteMany({ _id: range }), c.chunks.deleteMany({ _id: range })]);
}

/** Keeps the answer for replays, if the claim is still this owner's; a successor that took over wins. */
async function finishClaim(
  c: Collections,
  session: ClientSession,
  claim: IdempotencyClaim,
  response: { status: number; body: unknown; headers: Record<string, string> },
  upload_id: string,
): Promise<void> {
  const { matchedCount } = await c.idempotency.updateOne(
    { _id: claim.id, owner: claim.owner, state: 'RUNNING' },
    {
      $set: {
        state: 'DONE',
        response,
        upload_id,
        ...(claim.body_hash === undefined ? {} : { body_hash: claim.body_hash }),
      },
      $unset: { expires_at: '' },
    },
    { session },
  );
  if (matchedCount === 0) throw lostClaim();
}

/** Counts a part of the upload's files as staged, once. */
async function takePart(
  c: Collections,
  session: ClientSession,
  upload_id: string,
  parts_staged: number,
): Promise<void> {
  const { matchedCount } = await c.ingests.updateOne(
    { _id: upload_id, state: 'WAITING', parts_staged: parts_staged - 1 },
    { $set: { parts_staged } },
    { session },
  );
  if (matchedCount === 0) throw new StoreError('conflict', `Another attempt stages the files of upload ${upload_id}`);
}

async function noteItem(
  c: Collections,
  session: ClientSession,
  claim: IdempotencyClaim,
  upload_id: string,
  item: number,
): Promise<void> {
  const { matchedCount } = await c.idempotency.updateOne(
    { _id: claim.id, owner: claim.owner, state: 'RUNNING' },
    { $set: { resume: { upload_id, item } } },
    { session },
  );
  if (matchedCount === 0) throw lostClaim();
}

function lostClaim(): StoreError {
  return new StoreError('conflict', 'Another request with the same Idempotency-Key took over; send this one again');
}
