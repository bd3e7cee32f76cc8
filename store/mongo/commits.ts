import { mergeSchemas } from '../../domain/metadata-schema';
import { compareUtf8 } from '../../domain/ids';
import { FOREVER } from '../../domain/revision';
import type { DatasetKey } from '../records';
import type { FrameVectors } from '../../domain/frame';
import type { ChunkHeader, CommitRecord, CommitStore, CurrentHead } from '../commit-store';
import { apply, probe } from './apply';
import { chunkId, submissionOf } from './chunk-id';
import { toDataset } from './datasets';
import type { Database } from './database';
import type { ChunkDoc } from './documents';
import { takePin } from './inference-sets';
import { intend, toCommit } from './intend';
import { PAGE_INDEX } from './frames';
import { planRestore } from './plan-restore';
import { publish } from './publish';
import { queueReads } from './queue';
import { toCurrent } from './revision';
import { revisionId } from './revision-id';
import { revisionPacker } from './revision-packer';
import { undo } from './undo';

export function commitStore(database: Database): CommitStore {
  const { c } = database;
  const load = async (commit_id: string): Promise<CommitRecord> => {
    const doc = await c.commits.findOne({ _id: commit_id });
    if (!doc) throw new Error(`There is no commit ${commit_id}`);
    return toCommit(doc);
  };

  return {
    ...queueReads(database),

    async dataset(key) {
      const doc = await c.datasets.findOne({ _id: key, state: 'ACTIVE' });
      return doc && toDataset(doc);
    },

    async classes(project) {
      const doc = await c.projects.findOne({ _id: project }, { projection: { 'label_classes.name': 1 } });
      return new Set((doc?.label_classes ?? []).map((entry) => entry.name));
    },

    pin: (key) => takePin(database, key),

    intend: (dataset, plan, queued) => intend(database, dataset, plan, queued),

    commit: load,

    async chunks(commit, after, limit, which) {
      const runs = runsAfter(commit, after, limit);
      if (runs.length === 0) return [];
      const [docs, submissions] = await Promise.all([
        c.chunks
          .find({
            $or: runs.map(({ range }) => ({ _id: range })),
            ...(which === 'waiting' ? { state: 'WAITING' } : {}),
          })
          .toArray(),
        c.submissions
          .find({ _id: { $in: runs.map((run) => run.submission_id) } })
          .project<{ _id: string; first_item: number }>({ first_item: 1 })
          .toArray(),
      ]);
      const firstItems = new Map(submissions.map((submission) => [submission._id, submission.first_item]));
      const places = new Map(runs.map((run, at) => [run.submission_id, at]));
      const place = (doc: ChunkDoc): number => places.get(submissionOf(doc._id)) ?? 0;
      const windows = new Map(commit.windows.map((entry) => [entry.upload_id, entry.window]));
      return docs
        .sort((a, b) => place(a) - place(b) || a.index - b.index)
        .map((doc) => toHeader(doc, firstItems.get(submissionOf(doc._id)) ?? 0, windows.get(doc.upload_id) ?? 0));
    },

    async namedBefore(commit, chunk_id, frame_id) {
      for (const part of commit.parts) {
        const own = part.submission_id === submissionOf(chunk_id);
        const range = {
          $gte: chunkId(part.submission_id, part.from_chunk),
          $lt: own ? chunk_id : chunkId(part.submission_id, part.to_chunk),
        };
        if (await c.chunks.findOne({ _id: range, frame_ids: frame_id }, { projection: { _id: 1 } })) return true;
        if (own) break;
      }
      return false;
    },

    async bodies(chunk_ids) {
      const docs = await c.bodies.find({ _id: { $in: chunk_ids } }).toArray();
      const bodies = new Map(docs.map((doc) => [doc._id, doc.body.buffer]));
      const gone = chunk_ids.filter((id) => !bodies.has(id));
      const lost =
        gone.length > 0 &&
        (await c.chunks.findOne({ _id: { $in: gone }, state: 'WAITING' }, { projection: { _id: 1 } }));
      if (lost) throw new Error(`The body of the waiting chunk ${lost._id} is gone`);
      return bodies;
    },

    async currentHeads(key, frame_ids) {
      if (!(await anyBetween(database, key, frame_ids))) return new Map();
      const docs = await c.frames
        .find({ dataset: key, frame_id: { $in: frame_ids }, to: FOREVER })
        .project<Omit<CurrentHead, 'id'> & { _id: string }>({
          frame_id: 1,
          from: 1,
          deleted: 1,
          hash: 1,
          line_digest: 1,
        })
        .batchSize(frame_ids.length)
        .toArray();
      const heads = new Map<string, CurrentHead>();
      for (const { _id, frame_id, from, deleted, hash, line_digest } of docs)
        heads.set(frame_id, { id: _id, frame_id, from, deleted, hash, line_digest });
      return heads;
    },

    async currentRevisions(_key, heads) {
      const docs = await c.frames.find({ _id: { $in: heads.map((head) => head.id) } }).toArray();
      return new Map(docs.map((doc) => [doc.frame_id, toCurrent(doc)]));
    },

    async revisionsFrom(key, wanted) {
      const ids = wanted.map(({ frame_id, from }) => revisionId(key, from, frame_id));
      const docs = await c.frames.find({ _id: { $in: ids } }).toArray();
      return new Map(docs.map((doc) => [doc.frame_id, toCurrent(doc)]));
    },

    async vectorsOf(key, frame_id, vectors_from) {
      const doc = await c.embeddings.findOne({ _id: revisionId(key, vectors_from, frame_id) });
      if (!doc) return null;
      const vectors: FrameVectors = {
        labels: new Map(doc.labels.map(({ label_id, vector }) => [label_id, toFloats(vector.buffer)])),
      };
      if (doc.frame) vectors.frame = toFloats(doc.frame.buffer);
      return vectors;
    },

    packer: revisionPacker,

    apply: (commit, results) => apply(database, commit, results),

    probe: (revisions) => probe(database, revisions),

    async schemaBefore(commit, chunk_id) {
      const docs = await c.chunks
        .find({ commit_id: commit.commit_id, state: 'DONE', schema: { $exists: true } })
        .project<Pick<ChunkDoc, '_id' | 'schema'>>({ schema: 1 })
        .toArray();
      const order = new Map(commit.parts.map((part, at) => [part.submission_id, at]));
      const place = (id: string): string => `${String(order.get(submissionOf(id)) ?? 0).padStart(9, '0')}/${id}`;
      return docs
        .filter((doc) => place(doc._id) < place(chunk_id))
        .sort((a, b) => (place(a._id) < place(b._id) ? -1 : 1))
        .reduce((schema, doc) => mergeSchemas(schema, doc.schema ?? { metadata: {} }), { metadata: {} });
    },

    async decide(commit, decision) {
      await c.commits.updateOne({ _id: commit.commit_id, decided: false }, { $set: { ...decision, decided: true } });
      return load(commit.commit_id);
    },

    planRestore: (commit) => planRestore(database, commit),

    undo: (commit) => undo(database, commit),

    publish: (commit) => publish(database, commit.commit_id),

    async lease(key, until) {
      await c.datasets.updateOne({ _id: key }, { $set: { draining_until: until } }, { writeConcern: { w: 1 } });
    },

    async leased(key) {
      const doc = await c.datasets.findOne(
        { _id: key },
        { projection: { draining_until: 1 }, readConcern: { level: 'local' } },
      );
      return (doc?.draining_until?.getTime() ?? 0) > Date.now();
    },
  };
}

/**
 * Whether the dataset has any frame between the least and the greatest of the ids. Most uploads of new frames bring ids
 * that stand together, and one look saves a look for each.
 */
async function anyBetween({ c }: Database, dataset: DatasetKey, frame_ids: string[]): Promise<boolean> {
  let [least, greatest] = [frame_ids[0], frame_ids[0]];
  if (least === undefined || greatest === undefined) return false;
  for (const id of frame_ids) {
    if (compareUtf8(id, least) < 0) least = id;
    if (compareUtf8(id, greatest) > 0) greatest = id;
  }
  const found = await c.frames.findOne(
    { dataset, frame_id: { $gte: least, $lte: greatest }, to: FOREVER },
    { hint: PAGE_INDEX, projection: { _id: 0, dataset: 1 } },
  );
  return found !== null;
}

interface Run {
  submission_id: string;
  range: { $gt?: string; $gte?: string; $lt: string };
}

/** The next runs of chunk ids of a commit, up to `limit` chunks, after the chunk that the cursor names. */
function runsAfter({ parts }: CommitRecord, after: string | null, limit: number): Run[] {
  const standing = after === null ? -1 : parts.findIndex((part) => part.submission_id === submissionOf(after));
  const runs: Run[] = [];
  let room = limit;
  for (const [at, { submission_id, from_chunk, to_chunk }] of parts.entries()) {
    if (at < standing || room <= 0) continue;
    const from = at === standing && after !== null ? Number(after.slice(-6)) + 1 : from_chunk;
    const to = Math.min(to_chunk, from + room);
    if (from >= to) continue;
    runs.push({ submission_id, range: { $gte: chunkId(submission_id, from), $lt: chunkId(submission_id, to) } });
    room -= to - from;
  }
  return runs;
}

function toHeader(doc: ChunkDoc, first_item: number, window: number): ChunkHeader {
  const { _id, upload_id, index, items, bytes, frame_ids, lines, broken, item_numbers, targets, state, schema } = doc;
  return {
    chunk_id: _id,
    submission_id: submissionOf(_id),
    upload_id,
    index,
    items,
    bytes,
    frame_ids,
    lines,
    broken,
    state,
    window,
    first_item: first_item + doc.offset,
    item_numbers,
    targets,
    schema,
  };
}

/** Copies: the bytes lie anywhere in a buffer that the driver shares with other values, and `Buffer.slice` would not copy. */
function toFloats(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}
