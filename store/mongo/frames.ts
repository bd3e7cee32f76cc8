import type { Filter } from 'mongodb';
import { FOREVER } from '../../domain/revision';
import type { DatasetKey, StoredVectors } from '../records';
import type { FrameFilter, FrameStore } from '../store';
import { changesBetween } from './changes';
import type { Database } from './database';
import type { FrameDoc } from './documents';
import { pageOf } from './page';
import { revertConflicts } from './restore-targets';
import { toRevision } from './revision';
import { revisionId } from './revision-id';

/** Sorts after every frame id: ids hold no such character pair. */
const AFTER_ALL = '\u{10FFFF}\u{10FFFF}';

/**
 * Reads see one instant (`snapshot`): without it, a page read while a commit closes revisions can show a frame twice.
 */
const SNAPSHOT = { readConcern: { level: 'snapshot' } } as const;
export const PAGE_INDEX = { dataset: 1, frame_id: 1, to: 1, from: 1, deleted: 1 } as const;

/** Frames live at a version; never `to: FOREVER`, which misses frames that an unpublished commit has closed. */
function liveAt(dataset: DatasetKey, version: number): Filter<FrameDoc> {
  return { dataset, to: { $gt: version }, from: { $lte: version }, deleted: false };
}

export function pageFilter(
  dataset: DatasetKey,
  version: number,
  { prefix, class: label, device_id }: FrameFilter,
  after?: string,
): Filter<FrameDoc> {
  const start =
    after !== undefined && (prefix === undefined || after >= prefix) ? { $gt: after } : { $gte: prefix ?? '' };
  const filter: Filter<FrameDoc> = {
    ...liveAt(dataset, version),
    frame_id: { ...start, $lt: (prefix ?? '') + AFTER_ALL },
  };
  if (label !== undefined) filter['labels.class'] = label;
  if (device_id !== undefined) filter.device_id = device_id;
  return filter;
}

export function frameStore(database: Database): FrameStore {
  const { c } = database;
  return {
    async page(key, version, filter, { after, limit }) {
      const docs = await c.frames
        .find(pageFilter(key, version, filter, after), SNAPSHOT)
        .hint(PAGE_INDEX)
        .sort({ frame_id: 1 })
        .limit(limit + 1)
        .toArray();
      return pageOf(docs.map(toRevision), limit, (revision) => revision.frame_id);
    },

    async get(key, version, frame_id) {
      const doc = await c.frames.findOne({ ...liveAt(key, version), frame_id }, SNAPSHOT);
      return doc && toRevision(doc);
    },

    async getMany(key, version, frame_ids) {
      const docs = await c.frames.find({ ...liveAt(key, version), frame_id: { $in: frame_ids } }, SNAPSHOT).toArray();
      const found = new Map(docs.map((doc) => [doc.frame_id, toRevision(doc)]));
      return [...new Set(frame_ids)].flatMap((id) => found.get(id) ?? []);
    },

    async ids(key, version, { after, limit }) {
      const docs = await c.frames
        .find(pageFilter(key, version, {}, after), { ...SNAPSHOT, projection: { _id: 0, frame_id: 1 } })
        .hint(PAGE_INDEX)
        .sort({ frame_id: 1 })
        .limit(limit + 1)
        .toArray();
      const ids = docs.map(({ frame_id }) => frame_id);
      return pageOf(ids, limit, (id) => id);
    },

    async revisions(key, version, frame_ids) {
      const docs = await c.frames
        .find(
          { ...liveAt(key, version), frame_id: { $in: frame_ids } },
          { ...SNAPSHOT, projection: { _id: 0, frame_id: 1, from: 1 } },
        )
        .hint(PAGE_INDEX)
        .toArray();
      return new Map(docs.map(({ frame_id, from }) => [frame_id, from]));
    },

    async vectors(key, revisions) {
      const wanted = revisions.filter((revision) => revision.vectors_from !== undefined);
      const found = new Map<string, StoredVectors>();
      if (wanted.length === 0) return found;
      const docs = c.embeddings.find({
        _id: { $in: wanted.map(({ frame_id, vectors_from }) => revisionId(key, vectors_from ?? 0, frame_id)) },
      });
      for await (const { frame_id, frame, labels } of docs)
        found.set(frame_id, {
          frame: frame && floats(frame.buffer),
          labels: Object.fromEntries(labels.map(({ label_id, vector }) => [label_id, floats(vector.buffer)])),
        });
      return found;
    },

    async history(key, head, frame_id, { before, limit }) {
      const newest = Math.min(head, before === undefined ? FOREVER : before - 1);
      const docs = await c.frames
        .find({ dataset: key, frame_id, from: { $lte: newest } }, SNAPSHOT)
        .hint(PAGE_INDEX)
        .sort({ to: -1 })
        .limit(limit)
        .toArray();
      return docs.map(toRevision);
    },

    changes: (key, a, b, page) => changesBetween(database, key, a, b, page),

    revertConflicts: (key, upload_id, limit) => revertConflicts(database, key, upload_id, limit),
  };
}

function floats(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 4 }, (_, at) => view.getFloat32(at * 4, true));
}
