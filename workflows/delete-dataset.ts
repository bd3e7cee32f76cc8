import { setCurrentDetails } from '@temporalio/workflow';
import type { DatasetRef } from '../temporal/hints';
import { deleteDatasetDocuments } from './activity-options';

/** Removes a dataset that was marked for deletion. */
export async function deleteDataset(ref: DatasetRef): Promise<void> {
  setCurrentDetails(`Removing the documents of ${ref.project}/${ref.dataset}`);
  await deleteDatasetDocuments(ref);
  setCurrentDetails(`Removed ${ref.project}/${ref.dataset}`);
}
