import { FINAL_STATES } from '../records';
import type { Maintenance, WatchedUpload } from '../maintenance';
import type { ObjectStore } from '../objects';
import type { Database } from './database';
import { hideDatasets } from './datasets';
import type { UploadDoc } from './documents';
import { datasetRange } from './revision-id';
import { settleUpload } from './settle-upload';
import { receivedDirect } from './submissions';
import { deleteChunks } from './staging';

/** Documents removed in one step of a deletion. */
const DELETE_BATCH = 5_000;
/** Submissions removed in one step, each with its chunks: a step has to take well less than a heartbeat may be late. */
const DELETE_SUBMISSIONS = 200;

export function maintenance(database: Database, objects: ObjectStore): Maintenance {
  const { c, transaction } = database;
  return {
    async datasetNames(keys) {
      const docs = await c.datasets.find({ _id: { $in: keys }, state: 'ACTIVE' }).toArray();
      return docs.map(({ _id, project, name }) => ({ key: _id, project, dataset: name ?? '' }));
    },

    async unwatchedUploads(limit) {
      const some = (closed: boolean, created_at: 1 | -1): Promise<UploadDoc[]> =>
        c.uploads.find({ watched: false, closed }).sort({ created_at }).limit(limit).toArray();
      return (await Promise.all([some(true, 1), some(false, -1)])).flat().map(toWatched);
    },

    async watchedUpload(upload_id) {
      const doc = await c.uploads.findOne({ _id: upload_id });
      return doc && toWatched(doc);
    },

    async markWatched(upload_id) {
      await c.uploads.updateOne({ _id: upload_id, state: { $in: [...FINAL_STATES] } }, { $set: { watched: true } });
    },

    async dropStaleSubmissions(before) {
      const stale = await c.submissions
        .find({ state: 'STAGING', created_at: { $lt: before } })
        .limit(100)
        .toArray();
      for (const { _id } of stale) {
        const { deletedCount } = await c.submissions.deleteOne({ _id, state: 'STAGING' });
        if (deletedCount > 0) await deleteChunks(c, _id);
      }
      return stale.length;
    },

    async closeOrphanedDirects(before) {
      const open = await c.uploads
        .find({ kind: 'DIRECT', state: 'OPEN', created_at: { $lt: before } })
        .limit(100)
        .toArray();
      let closed = 0;
      for (const { _id } of open)
        await transaction(async (session) => {
          const upload = await c.uploads.findOne({ _id, state: 'OPEN' }, { session });
          if (!upload) return;
          const received = await receivedDirect(c, _id, session);
          const change = { closed: true, state: 'PROCESSING', counts: { ...upload.counts, received } } as const;
          await c.uploads.updateOne({ _id }, { $set: change }, { session });
          await settleUpload(c, session, { ...upload, ...change });
          closed++;
        });
      return closed;
    },

    async deletions() {
      const [projects, datasets] = await Promise.all([
        c.projects.find({ state: 'DELETING' }).toArray(),
        c.datasets.find({ state: 'DELETING' }).toArray(),
      ]);
      return {
        projects: projects.map((doc) => doc._id),
        datasets: datasets.map(({ _id, project, deleted_name }) => ({
          key: _id,
          project,
          dataset: deleted_name ?? '',
        })),
      };
    },

    async deleteSome(key) {
      // Chunks go first: an attempt that comes late finds its markers gone and writes no frame.
      const upload = await c.uploads.findOne({ dataset: key });
      if (upload) {
        const submissions = await c.submissions
          .find({ upload_id: upload._id }, { projection: { _id: 1 } })
          .limit(DELETE_SUBMISSIONS)
          .toArray();
        for (const { _id } of submissions) await deleteChunks(c, _id);
        await c.submissions.deleteMany({ _id: { $in: submissions.map(({ _id }) => _id) } });
        if (submissions.length > 0) return false;
        await c.windows.deleteMany({ upload_id: upload._id });
        await c.idempotency.deleteMany({ upload_id: upload._id });
        await c.ingests.deleteOne({ _id: upload._id });
        await objects.release(upload._id);
        await c.uploads.deleteOne({ _id: upload._id });
        return false;
      }
      for (const name of ['frames', 'embeddings'] as const) {
        const last = await c[name]
          .find({ _id: datasetRange(key) }, { projection: { _id: 1 } })
          .sort({ _id: 1 })
          .skip(DELETE_BATCH - 1)
          .limit(1)
          .toArray();
        const range = last[0] ? { $gte: datasetRange(key).$gte, $lte: last[0]._id } : datasetRange(key);
        const { deletedCount } = await c[name].deleteMany({ _id: range });
        if (deletedCount > 0) return false;
      }
      const dataset = await c.datasets.findOne({ _id: key, state: 'DELETING' });
      // Those made later are a new dataset's of the same name.
      if (dataset?.deleted_name !== undefined)
        if (!(await objects.removeOf(dataset.project, dataset.deleted_name, dataset.deleted_at))) return false;
      await c.versions.deleteMany({ dataset: key });
      // Commit ids are `<dataset>.<number>`; `/` follows `.` in ASCII.
      await c.commits.deleteMany({ _id: { $gte: `${key}.`, $lt: `${key}/` } });
      await c.datasets.deleteOne({ _id: key, state: 'DELETING' });
      return true;
    },

    async markDatasets(project) {
      await hideDatasets(c, { project });
      return c.datasets.distinct('_id', { project });
    },

    async forgetProject(project) {
      if (!(await objects.removeOf(project))) return false;
      await c.previews.deleteMany({ project });
      await c.projects.deleteOne({ _id: project, state: 'DELETING' });
      return true;
    },
  };
}

function toWatched(doc: UploadDoc): WatchedUpload {
  const { received, applied, unchanged, failed, not_applied } = doc.counts;
  return {
    upload_id: doc._id,
    key: doc.dataset,
    project: doc.project,
    dataset: doc.dataset_name,
    kind: doc.kind,
    state: doc.state,
    closed: doc.closed,
    staging: doc.staging === true,
    counts: { received, applied, unchanged, failed, not_applied },
    last_version: doc.last_version,
  };
}
