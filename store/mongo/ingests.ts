import { ObjectId, type ClientSession } from 'mongodb';
import { StoreError } from '../errors';
import type { IngestRecord, IngestStore } from '../ingests';
import { FINAL_STATES } from '../records';
import type { Database } from './database';
import { discardWaiting } from './discard-waiting';
import type { IngestDoc } from './documents';
import { QUEUE_PLACE } from './queue-order';
import { settleUpload } from './settle-upload';
import { enqueueUpload } from './submissions';
import { isDuplicateKey } from './translate-errors';
import { newUpload, toUpload } from './uploads';

export function ingestStore(database: Database): IngestStore {
  const { c, transaction } = database;

  /** Ends the reading of files once; false when it had ended before. */
  const endReading = async (
    upload_id: string,
    end: Pick<IngestDoc, 'state' | 'error'>,
    session: ClientSession,
  ): Promise<boolean> => {
    const { matchedCount } = await c.ingests.updateOne(
      { _id: upload_id, state: 'WAITING' },
      { $set: end },
      { session },
    );
    return matchedCount === 1;
  };

  return {
    async open(key, { external_id, kind, created_by, message, format, parts }) {
      const dataset = await c.datasets.findOne({ _id: key, state: 'ACTIVE' });
      if (!dataset) throw new StoreError('dataset_not_found', 'The dataset was deleted');
      const known = await c.ingests.findOne({ dataset: key, external_id });
      if (known) return toUpload(await uploadOf(database, known._id), 0);
      const upload = {
        ...newUpload(dataset, kind, created_by),
        _id: new ObjectId().toHexString(),
        message,
        external_id,
        staging: true as const,
      };
      const ingest: Omit<IngestDoc, 'seq'> = {
        _id: upload._id,
        dataset: key,
        project: dataset.project,
        dataset_name: dataset.name ?? '',
        external_id,
        format,
        parts,
        parts_staged: 0,
        state: 'WAITING',
        created_at: upload.created_at,
      };
      try {
        await transaction(async (session) => {
          await c.ingests.updateOne(
            { _id: ingest._id },
            [{ $replaceWith: { $mergeObjects: [{ $literal: ingest }, QUEUE_PLACE] } }],
            { upsert: true, session },
          );
          await c.uploads.insertOne(upload, { session });
        });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        const twin = await c.ingests.findOne({ dataset: key, external_id });
        if (!twin) throw error;
        return toUpload(await uploadOf(database, twin._id), 0);
      }
      return toUpload(upload, 0);
    },

    async get(upload_id) {
      const doc = await c.ingests.findOne({ _id: upload_id });
      return doc && toIngest(doc);
    },

    async byExternalId(key, external_id) {
      const doc = await c.ingests.findOne({ dataset: key, external_id });
      return doc && toIngest(doc);
    },

    async newest(key, limit) {
      const docs = await c.ingests.find({ dataset: key }).sort({ seq: -1 }).limit(limit).toArray();
      return docs.map(toIngest);
    },

    async replacePart(upload_id, index, part) {
      await c.ingests.updateOne({ _id: upload_id }, { $set: { [`parts.${index}`]: part } });
    },

    async mustWait({ upload_id, key }) {
      const first = await c.ingests.find({ dataset: key, state: 'WAITING' }).sort({ seq: 1 }).limit(1).next();
      return first !== null && first._id !== upload_id;
    },

    async skipPart(upload_id, parts_staged) {
      const { matchedCount } = await c.ingests.updateOne(
        { _id: upload_id, state: 'WAITING', parts_staged: parts_staged - 1 },
        { $set: { parts_staged } },
      );
      if (matchedCount === 0)
        throw new StoreError('conflict', `Another attempt stages the files of upload ${upload_id}`);
    },

    async finish(upload_id) {
      await transaction(async (session) => {
        if (!(await endReading(upload_id, { state: 'STAGED' }, session))) return;
        const doc = await uploadOf(database, upload_id, session);
        const change = doc.closed ? {} : ({ closed: true, state: 'PROCESSING' } as const);
        await c.uploads.updateOne({ _id: upload_id }, { $set: change, $unset: { staging: '' } }, { session });
        if (!doc.closed && doc.kind === 'BATCH' && doc.counts.received > 0)
          await enqueueUpload(c, session, doc, 'batch');
        if (!doc.closed) await settleUpload(c, session, { ...doc, ...change });
      });
    },

    async fail(upload_id, error) {
      await transaction(async (session) => {
        if (!(await endReading(upload_id, { state: 'FAILED', error }, session))) return;
        const doc = await uploadOf(database, upload_id, session);
        if (FINAL_STATES.includes(doc.state)) return;
        const discarded = doc.kind === 'BATCH' ? await discardWaiting(c, session, doc) : 0;
        const after = await c.uploads.findOneAndUpdate(
          { _id: upload_id },
          {
            $set: { closed: true, state: 'PROCESSING', error },
            $inc: { 'counts.not_applied': discarded },
            $unset: { staging: '' },
          },
          { session, returnDocument: 'after' },
        );
        await settleUpload(c, session, after ?? doc);
      });
    },
  };
}

async function uploadOf({ c }: Database, upload_id: string, session?: ClientSession) {
  const doc = await c.uploads.findOne({ _id: upload_id }, session ? { session } : {});
  if (!doc) throw new StoreError('upload_not_found', `The upload ${upload_id} is gone`);
  return doc;
}

function toIngest({ _id, dataset, dataset_name, seq: _seq, ...rest }: IngestDoc): IngestRecord {
  return { upload_id: _id, key: dataset, dataset: dataset_name, ...rest };
}
