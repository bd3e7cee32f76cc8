import type { DatasetRef, UploadRef } from './hints';

/** Ids that a person can read in the Temporal UI, one per thing, so that a second start finds the first. */
export const datasetWorkflowId = ({ project, dataset, key }: DatasetRef): string =>
  `dataset/${project}/${dataset}/${key}`;
export const uploadWorkflowId = ({ project, dataset, upload_id }: UploadRef): string =>
  `upload/${project}/${dataset}/${upload_id}`;
export const deleteDatasetWorkflowId = ({ project, dataset, key }: DatasetRef): string =>
  `delete/${project}/${dataset}/${key}`;
export const deleteProjectWorkflowId = (project: string): string => `delete/${project}`;
