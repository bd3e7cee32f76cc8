import type { DatasetKey, RestorePlan } from '../records';
import type { Database } from './database';
import type { FrameDoc } from './documents';
import { revisionId, versionRange } from './revision-id';

/** One frame to bring back: to its revision of version `target`, or away when 0. `conflict`: others changed it since. */
export interface RestoreTarget {
  frame_id: string;
  target: number;
  conflict: boolean;
}

type Revision = Pick<FrameDoc, 'frame_id' | 'from' | 'prev' | 'deleted' | 'hash' | 'upload_id'>;

const BATCH = 1000;
const PROJECTION = { _id: 0, frame_id: 1, from: 1, prev: 1, deleted: 1, hash: 1, upload_id: 1 };

/** The frames that a rollback or revert has to touch, in batches; costs what changed. */
export async function* restoreTargets(
  database: Database,
  dataset: DatasetKey,
  head: number,
  plan: RestorePlan,
): AsyncIterable<RestoreTarget[]> {
  if ('to' in plan) yield* rollbackTargets(database, dataset, head, plan.to);
  else yield* revertTargets(database, dataset, head, plan.revert);
}

/** Frames of an upload that others changed since, at most `limit`. */
export async function revertConflicts(
  database: Database,
  dataset: DatasetKey,
  upload_id: string,
  limit: number,
): Promise<string[]> {
  const doc = await database.c.datasets.findOne({ _id: dataset }, { projection: { head: 1 } });
  const conflicts: string[] = [];
  for await (const batch of revertTargets(database, dataset, doc?.head ?? 0, upload_id)) {
    conflicts.push(...batch.filter((target) => target.conflict).map((target) => target.frame_id));
    if (conflicts.length >= limit) break;
  }
  return [...new Set(conflicts)].slice(0, limit);
}

async function* rollbackTargets(
  { c }: Database,
  dataset: DatasetKey,
  head: number,
  to: number,
): AsyncIterable<RestoreTarget[]> {
  const changed = c.frames
    .find({ _id: versionRange(dataset, to + 1, head), prev: { $lte: to } })
    .sort({ _id: 1 })
    .project<Revision>(PROJECTION);
  for await (const batch of inBatches(changed)) {
    const frame_ids = batch.map((revision) => revision.frame_id);
    const [then, now] = await Promise.all([at(to), at(head)]);
    yield frame_ids.flatMap((frame_id) => {
      const [target, current] = [then.get(frame_id), now.get(frame_id)];
      if (target?.hash === current?.hash) return [];
      return { frame_id, target: target?.from ?? 0, conflict: false };
    });

    async function at(version: number): Promise<Map<string, Revision>> {
      const docs = await c.frames
        .find({ dataset, frame_id: { $in: frame_ids }, to: { $gt: version }, from: { $lte: version }, deleted: false })
        .project<Revision>(PROJECTION)
        .toArray();
      return new Map(docs.map((doc) => [doc.frame_id, doc]));
    }
  }
}

/**
 * An upload may have changed a frame several times. The frame goes back to what stood before the first of these, if
 * every revision since is the upload's own.
 */
async function* revertTargets(
  { c }: Database,
  dataset: DatasetKey,
  head: number,
  upload_id: string,
): AsyncIterable<RestoreTarget[]> {
  const upload = await c.uploads.findOne({ _id: upload_id, dataset });
  if (upload?.first_version == null || upload.last_version === null) return;
  const { first_version } = upload;
  const own = c.frames
    .find({ _id: versionRange(dataset, first_version, upload.last_version), upload_id })
    .sort({ _id: 1 })
    .project<Revision>(PROJECTION);
  for await (const batch of inBatches(own)) {
    const since = await c.frames
      .find({
        dataset,
        frame_id: { $in: batch.map((revision) => revision.frame_id) },
        from: { $gte: first_version, $lte: head },
      })
      .project<Revision>(PROJECTION)
      .toArray();
    const histories = new Map<string, Revision[]>();
    for (const revision of since)
      histories.set(revision.frame_id, [...(histories.get(revision.frame_id) ?? []), revision]);
    const before = await previous(batch);
    yield batch.flatMap(({ frame_id, from, prev }) => {
      const history = (histories.get(frame_id) ?? []).sort((a, b) => a.from - b.from);
      const first = history.find((revision) => revision.upload_id === upload_id);
      if (first?.from !== from) return [];
      const conflict = history.some((revision) => revision.from > from && revision.upload_id !== upload_id);
      const standing = history.at(-1);
      const target = before.get(`${prev}/${frame_id}`);
      if (!conflict && standing?.deleted && (target === undefined || target.deleted)) return [];
      return { frame_id, target: target && !target.deleted ? target.from : 0, conflict };
    });
  }

  async function previous(batch: Revision[]): Promise<Map<string, Revision>> {
    const docs = await c.frames
      .find({ _id: { $in: batch.map(({ prev, frame_id }) => revisionId(dataset, prev, frame_id)) } })
      .project<Revision>(PROJECTION)
      .toArray();
    return new Map(docs.map((doc) => [`${doc.from}/${doc.frame_id}`, doc]));
  }
}

async function* inBatches<T>(source: AsyncIterable<T>): AsyncIterable<T[]> {
  let batch: T[] = [];
  for await (const one of source) {
    batch.push(one);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
