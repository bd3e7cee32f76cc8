import type { Filter } from 'mongodb';
import { StoreError } from '../errors';
import type { Collections } from './database';
import type { DatasetDoc, ProjectDoc } from './documents';

/** @throws StoreError project_archived */
export function refuseArchivedProject({ _id, archived }: Pick<ProjectDoc, '_id' | 'archived'>): void {
  if (archived)
    throw new StoreError('project_archived', `Project ${_id} is archived and can only be read; use another project`);
}

/** @throws StoreError dataset_archived */
export function refuseArchived({ name, archived }: Pick<DatasetDoc, 'name' | 'archived'>): void {
  if (archived)
    throw new StoreError('dataset_archived', `Dataset ${name} is archived and can only be read; use another dataset`);
}

/** Takes datasets out of use. */
export async function archiveDatasets(c: Collections, which: Filter<DatasetDoc>): Promise<void> {
  await c.datasets.updateMany({ name: { $exists: true }, ...which }, { $set: { archived: true } });
}
