import type { Filter } from 'mongodb';
import { EMPTY_HASH } from '../../domain/content-hash';
import { StoreError } from '../errors';
import type { DatasetRecord } from '../records';
import type { DatasetStore } from '../store';
import { nextNumber } from './counters';
import type { Collections, Database } from './database';
import type { DatasetDoc } from './documents';
import { pageOf } from './page';
import { isDuplicateKey } from './translate-errors';

export function datasetStore(database: Database): DatasetStore {
  const { c } = database;
  const requireProject = async (project: string): Promise<void> => {
    if (!(await c.projects.findOne({ _id: project, state: 'ACTIVE' }, { projection: { _id: 1 } })))
      throw new StoreError('project_not_found', `There is no project ${project}`);
  };
  return {
    async create({ project, dataset, mode, metadata_schema }) {
      await requireProject(project);
      const doc: DatasetDoc = {
        _id: await nextNumber(c, 'dataset'),
        project,
        name: dataset,
        mode,
        state: 'ACTIVE',
        immutable: false,
        head: 0,
        content_hash: EMPTY_HASH,
        counts: { frames: 0, labels: 0 },
        schema: { metadata: metadata_schema ?? {} },
        created_at: new Date(),
        pending_commit: null,
        commits: 0,
        cloned_to: [],
      };
      try {
        await c.datasets.insertOne(doc);
      } catch (error) {
        if (isDuplicateKey(error))
          throw new StoreError('dataset_exists', `Project ${project} has a dataset ${dataset} already`);
        throw error;
      }
      return toDataset(doc);
    },

    async get(project, dataset) {
      const doc = await c.datasets.findOne({ project, name: dataset });
      if (doc) return toDataset(doc);
      await requireProject(project);
      throw new StoreError('dataset_not_found', `Project ${project} has no dataset ${dataset}`);
    },

    async list(project, { after, limit }) {
      await requireProject(project);
      const docs = await c.datasets
        .find({ project, name: after === undefined ? { $gte: '' } : { $gt: after } })
        .sort({ name: 1 })
        .limit(limit + 1)
        .toArray();
      return pageOf(docs.map(toDataset), limit, (record) => record.dataset);
    },

    markDeleting: (key) => hideDatasets(c, { _id: key }),
  };
}

/** Marks datasets for deletion and frees their names. */
export async function hideDatasets(c: Collections, which: Filter<DatasetDoc>): Promise<void> {
  await c.datasets.updateMany({ ...which, state: 'ACTIVE' }, [
    { $set: { state: 'DELETING', deleted_name: '$name' } },
    { $unset: 'name' },
  ]);
}

export function toDataset(doc: DatasetDoc): DatasetRecord {
  const { _id, name, deleted_name, commits: _commits, draining_until: _draining, ...rest } = doc;
  return { key: _id, dataset: name ?? deleted_name ?? '', ...rest };
}
