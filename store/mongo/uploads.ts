import { ObjectId, type ClientSession, type Filter } from 'mongodb';
import { UPLOAD_KINDS, UPLOAD_STATES } from '../../domain/upload';
import { StoreError } from '../errors';
import { FINAL_STATES, type DatasetKey, type UploadRecord } from '../records';
import type { UploadStore } from '../store';
import { refuseArchived } from './archived';
import type { Database } from './database';
import type { DatasetDoc, UploadDoc } from './documents';
import { discardWaiting } from './discard-waiting';
import { pageOf } from './page';
import { retryFailed } from './retry-failed';
import { settledItems, settleUpload } from './settle-upload';
import { enqueueUpload, receivedDirect } from './submissions';
import { isDuplicateKey } from './translate-errors';
import { uploadErrors } from './upload-errors';
import { itemOutcome, uploadItems } from './upload-items';

const FILTER_INDEX = { dataset: 1, kind: 1, state: 1, _id: -1 } as const;

export function uploadStore(database: Database): UploadStore {
  const { c, transaction } = database;

  const find = async (key: DatasetKey, upload_id: string, session?: ClientSession): Promise<UploadDoc> => {
    const doc = await c.uploads.findOne({ _id: upload_id, dataset: key }, session ? { session } : {});
    if (!doc) throw new StoreError('upload_not_found', `The dataset has no upload ${upload_id}`);
    return doc;
  };
  const record = async (doc: UploadDoc): Promise<UploadRecord> => toUpload(doc, await pendingItems(database, doc));

  return {
    async open(key, upload) {
      const dataset = await c.datasets.findOne({ _id: key, state: 'ACTIVE' });
      if (!dataset) throw new StoreError('dataset_not_found', 'The dataset was deleted');
      refuseKind(dataset, upload.kind);
      const restore = upload.kind === 'ROLLBACK' || upload.kind === 'REVERT';
      const doc: UploadDoc = {
        ...newUpload(dataset, upload.kind, upload.created_by),
        _id: upload.upload_id ?? new ObjectId().toHexString(),
        message: upload.message,
        external_id: upload.external_id,
        plan: upload.plan,
        ...(restore ? { state: 'PROCESSING', closed: true } : {}),
      };
      try {
        await transaction(async (session) => {
          await c.uploads.insertOne(doc, { session });
          if (restore) await enqueueUpload(c, session, doc, 'restore');
        });
      } catch (error) {
        if (isDuplicateKey(error)) return record(await find(key, doc._id));
        throw error;
      }
      return record(doc);
    },

    get: async (key, upload_id) => record(await find(key, upload_id)),

    async list(key, { kind, state }, { after, limit }) {
      const filter: Filter<UploadDoc> = { dataset: key };
      if (kind ?? state) {
        // Every key of the index before `_id` has a value, so that it gives the order by a merge, without a sort.
        filter.kind = kind ?? { $in: [...UPLOAD_KINDS] };
        filter.state = state ?? { $in: [...UPLOAD_STATES] };
      }
      if (after !== undefined) filter._id = { $lt: after };
      const docs = await c.uploads
        .find(filter)
        .hint((kind ?? state) ? FILTER_INDEX : { dataset: 1, _id: -1 })
        .sort({ _id: -1 })
        .limit(limit + 1)
        .toArray();
      return pageOf(await Promise.all(docs.map(record)), limit, (upload) => upload.upload_id);
    },

    async close(key, upload_id) {
      const closed = await transaction(async (session) => {
        const doc = await find(key, upload_id, session);
        if (doc.kind === 'DIRECT' && !doc.closed)
          throw new StoreError('upload_closed', `Upload ${upload_id} takes single-frame writes; it closes by itself`);
        if (doc.cancelled) throw new StoreError('upload_cancelled', `Upload ${upload_id} was cancelled`);
        if (doc.staging)
          throw new StoreError('upload_closed', `The files of upload ${upload_id} are being read; it closes by itself`);
        if (doc.closed) return doc;
        const change = { closed: true, state: 'PROCESSING' } as const;
        await c.uploads.updateOne({ _id: upload_id }, { $set: change }, { session });
        if (doc.kind === 'BATCH' && doc.counts.received > 0) await enqueueUpload(c, session, doc, 'batch');
        return settleUpload(c, session, { ...doc, ...change });
      });
      return record(closed);
    },

    async cancel(key, upload_id) {
      const cancelled = await transaction(async (session) => {
        const doc = await find(key, upload_id, session);
        if (doc.cancelled) return doc;
        if (FINAL_STATES.includes(doc.state) || doc.kind === 'DIRECT')
          throw new StoreError('upload_finished', `Upload ${upload_id} is ${doc.state} and cannot be cancelled`);
        const discarded = await discardWaiting(c, session, doc);
        if (doc.staging) await c.ingests.updateOne({ _id: upload_id }, { $set: { state: 'STAGED' } }, { session });
        const after = await c.uploads.findOneAndUpdate(
          { _id: upload_id },
          {
            $set: { cancelled: true, closed: true, state: 'PROCESSING' },
            $inc: { 'counts.not_applied': discarded },
            $unset: { staging: '' },
          },
          { session, returnDocument: 'after' },
        );
        return settleUpload(c, session, after ?? doc);
      });
      return record(cancelled);
    },

    async retry(key, upload_id) {
      const retried = await retryFailed(database, await find(key, upload_id));
      return { upload: await record(await find(key, upload_id)), retried };
    },

    async windows(key, upload_id, { after, limit }) {
      await find(key, upload_id);
      const docs = await c.windows
        .find({ upload_id, window: { $gt: after ?? -1 } })
        .sort({ window: 1 })
        .limit(limit + 1)
        .toArray();
      return pageOf(
        docs.map(({ window, state, version, counts }) => ({ window, state, version, counts })),
        limit,
        (entry) => entry.window,
      );
    },

    async items(key, upload_id, filter, page) {
      return uploadItems(c, await find(key, upload_id), filter, page);
    },

    async *errors(key, upload_id, options) {
      yield* uploadErrors(c, await find(key, upload_id), options);
    },

    outcome: (upload_id, item) => itemOutcome(c, upload_id, item),
  };
}

/** Which kinds a dataset takes: an archived one none; a BATCH dataset is filled by one BATCH upload and is immutable from then on. */
function refuseKind(dataset: DatasetDoc, kind: UploadDoc['kind']): void {
  refuseArchived(dataset);
  if (dataset.immutable)
    throw new StoreError('dataset_immutable', `Dataset ${dataset.name} is immutable; clone it to change it`);
  if (dataset.mode === 'BATCH' && kind !== 'BATCH')
    throw new StoreError(
      'batch_only',
      `Dataset ${dataset.name} is filled by one BATCH upload; a ${kind} upload is not possible`,
    );
}

export function newUpload(dataset: DatasetDoc, kind: UploadDoc['kind'], created_by: string): UploadDoc {
  refuseKind(dataset, kind);
  return {
    _id: new ObjectId().toHexString(),
    dataset: dataset._id,
    project: dataset.project,
    dataset_name: dataset.name ?? '',
    kind,
    mode: kind === 'BATCH' ? 'BATCH' : 'STREAMING',
    state: 'OPEN',
    created_at: new Date(),
    created_by,
    message: '',
    counts: { received: 0, applied: 0, unchanged: 0, failed: 0, not_applied: 0, frames: 0, labels: 0 },
    windows: 0,
    first_version: null,
    last_version: null,
    closed: false,
    cancelled: false,
    ...(kind === 'DIRECT' ? {} : { watched: false }),
  };
}

/** An open DIRECT upload does not count what it receives; its last submission tells. */
async function pendingItems({ c }: Database, doc: UploadDoc): Promise<number> {
  const received = doc.kind === 'DIRECT' && !doc.closed ? await receivedDirect(c, doc._id) : doc.counts.received;
  return Math.max(0, received - settledItems(doc));
}

export function toUpload(doc: UploadDoc, pending: number): UploadRecord {
  const { _id, dataset, dataset_name, watched: _watched, counts, ...rest } = doc;
  return {
    upload_id: _id,
    key: dataset,
    dataset: dataset_name,
    ...rest,
    counts: { ...counts, received: settledItems(doc) + pending, pending },
  };
}
