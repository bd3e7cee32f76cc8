import type { ChunkIds, ChunkRun, CommitPart, CommitUpload, Queued } from '../commit-store';
import type { DatasetKey } from '../records';
import { chunkId, submissionOf } from './chunk-id';
import type { Database } from './database';
import type { SubmissionDoc } from './documents';
import { unpack } from './unpack';

/** What waits in a dataset's queue. */
export function queueReads(database: Database) {
  const { c } = database;
  return {
    async waiting(key: DatasetKey, limit: number): Promise<Queued[]> {
      const docs = await c.submissions
        .find({ dataset: key, state: 'WAITING' })
        .sort({ seq: 1 })
        .limit(limit)
        .project<Omit<SubmissionDoc, 'packed'> & { is_packed: boolean }>({
          kind: 1,
          upload_id: 1,
          next_chunk: 1,
          chunks: 1,
          direct: 1,
          is_packed: { $gt: ['$packed', null] },
        })
        .toArray();
      return docs.map(({ _id, kind, upload_id, next_chunk, chunks, direct, is_packed }) =>
        kind === 'items'
          ? { kind, submission_id: _id, upload_id, next_chunk, chunks, direct: direct === true, packed: is_packed }
          : { kind, submission_id: _id, upload_id },
      );
    },

    unpack: (key: DatasetKey): Promise<void> => unpack(database, key),

    /** The datasets in which anything waits or a commit stands unfinished. */
    async datasetsWithWork(): Promise<DatasetKey[]> {
      // The bound on the dataset makes the queue's partial index usable.
      const waiting = await c.submissions.distinct('dataset', { dataset: { $gte: 0 }, state: 'WAITING' });
      const pending = await c.datasets.distinct('_id', { pending_commit: { $type: 'string' } });
      return [...new Set([...waiting, ...pending])];
    },

    async chunkIds(runs: ChunkRun[]): Promise<Map<string, ChunkIds[]>> {
      const found = new Map<string, ChunkIds[]>();
      if (runs.length === 0) return found;
      const docs = c.chunks
        .find({
          $or: runs.map(({ submission_id, from, limit }) => ({
            _id: { $gte: chunkId(submission_id, from), $lt: chunkId(submission_id, from + limit) },
          })),
        })
        .project<ChunkIds & { _id: string }>({ index: 1, items: 1, frame_ids: 1 });
      for await (const { _id, ...ids } of docs) {
        const submission_id = submissionOf(_id);
        found.set(submission_id, [...(found.get(submission_id) ?? []), ids]);
      }
      for (const chunks of found.values()) chunks.sort((a, b) => a.index - b.index);
      return found;
    },

    async batchParts(upload_id: string): Promise<CommitPart[]> {
      const docs = await c.submissions
        .find({ upload_id, kind: 'items', state: 'HELD' })
        .sort({ first_item: 1 })
        .toArray();
      return docs.map(({ _id, chunks, items }) => ({
        submission_id: _id,
        upload_id,
        from_chunk: 0,
        to_chunk: chunks,
        items,
      }));
    },

    async upload(upload_id: string): Promise<CommitUpload | null> {
      const doc = await c.uploads.findOne({ _id: upload_id });
      if (!doc) return null;
      const { _id, kind, created_by, message, cancelled, plan } = doc;
      return { upload_id: _id, kind, created_by, message, cancelled, plan };
    },
  };
}
