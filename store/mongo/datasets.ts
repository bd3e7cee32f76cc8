import type { ClientSession, Filter } from 'mongodb';
import { EMPTY_HASH } from '../../domain/content-hash';
import type { FieldType } from '../../domain/field-type';
import type { DatasetSchema } from '../../domain/metadata-schema';
import { StoreError } from '../errors';
import type { DatasetKey, DatasetRecord } from '../records';
import type { DatasetStore } from '../store';
import { archiveDatasets, refuseArchived, refuseArchivedProject } from './archived';
import { nextNumber } from './counters';
import type { Collections, Database } from './database';
import type { DatasetDoc, ProjectDoc } from './documents';
import { objectFromText, toText } from './json-text';
import { pageOf } from './page';
import { isDuplicateKey } from './translate-errors';

export function datasetStore(database: Database): DatasetStore {
  const { c, transaction } = database;
  const requireProject = async (project: string): Promise<Pick<ProjectDoc, '_id' | 'archived'>> => {
    const doc = await c.projects.findOne({ _id: project, state: 'ACTIVE' }, { projection: { _id: 1, archived: 1 } });
    if (!doc) throw new StoreError('project_not_found', `There is no project ${project}`);
    return doc;
  };
  const find = async (key: DatasetKey, session?: ClientSession): Promise<DatasetDoc> => {
    const doc = await c.datasets.findOne({ _id: key, state: 'ACTIVE' }, session ? { session } : {});
    if (!doc) throw new StoreError('dataset_not_found', 'The dataset was deleted');
    return doc;
  };
  return {
    async create({ project, dataset, mode, metadata_schema, unlabeled }) {
      refuseArchivedProject(await requireProject(project));
      const doc: DatasetDoc = {
        ...newDataset(await nextNumber(c, 'dataset'), project, dataset, mode, metadata_schema),
        ...(unlabeled && { unlabeled }),
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

    async list(project, { after, limit, archived }) {
      await requireProject(project);
      const docs = await c.datasets
        .find({
          project,
          name: after === undefined ? { $gte: '' } : { $gt: after },
          ...(archived === false && { archived: { $exists: false } }),
        })
        .sort({ name: 1 })
        .limit(limit + 1)
        .toArray();
      return pageOf(docs.map(toDataset), limit, (record) => record.dataset);
    },

    async setExternalMetadata(key, metadata) {
      refuseArchived(await find(key));
      await c.datasets.updateOne({ _id: key }, { $set: { external_metadata: toText(metadata) } });
    },

    async declareLabelMetadata(key, types) {
      await transaction(async (session) => {
        const doc = await find(key, session);
        refuseArchived(doc);
        const label_metadata = withTypes(doc.schema.label_metadata, types);
        await c.datasets.updateOne({ _id: key }, { $set: { 'schema.label_metadata': label_metadata } }, { session });
      });
    },

    async archive(key) {
      await find(key);
      await archiveDatasets(c, { _id: key });
    },

    markDeleting: (key) => hideDatasets(c, { _id: key }),
  };
}

/** A dataset at version 0. */
export function newDataset(
  key: number,
  project: string,
  name: string,
  mode: DatasetDoc['mode'],
  metadata_schema: DatasetDoc['schema']['metadata'] = {},
): DatasetDoc {
  return {
    _id: key,
    project,
    name,
    mode,
    state: 'ACTIVE',
    immutable: false,
    head: 0,
    content_hash: EMPTY_HASH,
    counts: { frames: 0, labels: 0 },
    schema: { metadata: metadata_schema },
    created_at: new Date(),
    pending_commit: null,
    commits: 0,
    cloned_to: [],
  };
}

/** Declared fields with more of them. */
function withTypes(
  declared: DatasetSchema['label_metadata'] = {},
  types: Record<string, FieldType>,
): Record<string, FieldType> {
  for (const [field, type] of Object.entries(types)) {
    if (!Object.hasOwn(declared, field) || declared[field] === type) continue;
    const message = `The label metadata field "${field}" is ${declared[field]} and cannot become ${type}; use another field`;
    throw new StoreError('metadata_type_fixed', message);
  }
  return { ...declared, ...types };
}

/** Marks datasets for deletion and frees their names. */
export async function hideDatasets(c: Collections, which: Filter<DatasetDoc>): Promise<void> {
  await c.datasets.updateMany({ ...which, state: 'ACTIVE' }, [
    { $set: { state: 'DELETING', deleted_name: '$name', deleted_at: '$$NOW' } },
    { $unset: 'name' },
  ]);
}

export function toDataset(doc: DatasetDoc): DatasetRecord {
  const { _id, name, deleted_name, commits: _commits, draining_until: _draining, pending_pin: _pin, ...rest } = doc;
  const { external_metadata, archived, deleted_at: _deleted, ...known } = rest;
  return {
    key: _id,
    dataset: name ?? deleted_name ?? '',
    ...known,
    external_metadata: objectFromText(external_metadata),
    archived: archived === true,
  };
}
