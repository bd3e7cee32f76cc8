import { isDatasetName } from '../../../domain/ids';
import type { JsonObject } from '../../../domain/json';
import { StoreError } from '../../../store/errors';
import type { DatasetMode, DatasetRecord } from '../../../store/records';
import type { ApiDeps } from '../../deps';
import { ApiProblem } from '../../problem';

export interface WantedDataset {
  mode: DatasetMode;
  unlabeled?: 1 | 2;
  external_metadata?: JsonObject;
}

/**
 * The dataset that an upload names, made when there is none. Metadata given with the upload replaces what is stored.
 * @throws ApiProblem invalid_id, StoreError dataset_archived, dataset_immutable, batch_only when it takes no such upload
 */
export async function datasetToFill(
  { store }: ApiDeps,
  project: string,
  dataset: string,
  { mode, unlabeled, external_metadata }: WantedDataset,
): Promise<DatasetRecord> {
  if (!isDatasetName(dataset)) {
    const message = 'Expected a dataset name of up to 128 letters, digits and underscores in dataset_id';
    throw new ApiProblem('invalid_id', message);
  }
  const record = (await found(store.datasets, project, dataset)) ?? (await made());
  if (record.inference !== undefined) {
    const message = `${dataset} is an inference set; upload inferences to it`;
    throw new ApiProblem('invalid_request', message);
  }
  if (external_metadata !== undefined) await store.datasets.setExternalMetadata(record.key, external_metadata);
  return record;

  async function made(): Promise<DatasetRecord> {
    try {
      return await store.datasets.create({ project, dataset, mode, ...(unlabeled && { unlabeled }) });
    } catch (error) {
      // A twin of this request may have been faster.
      if (error instanceof StoreError && error.code === 'dataset_exists') return store.datasets.get(project, dataset);
      throw error;
    }
  }
}

async function found(datasets: ApiDeps['store']['datasets'], project: string, dataset: string) {
  try {
    return await datasets.get(project, dataset);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'dataset_not_found') return undefined;
    throw error;
  }
}
