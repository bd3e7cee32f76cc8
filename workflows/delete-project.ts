import { setCurrentDetails } from '@temporalio/workflow';
import { deleteDatasetDocuments, forgetProject, markProjectDatasets } from './activity-options';

/** Removes a project that was marked for deletion: its datasets one after another, then itself. */
export async function deleteProject(ref: { project: string }): Promise<void> {
  const keys = await markProjectDatasets(ref);
  for (const [at, key] of keys.entries()) {
    setCurrentDetails(`Removing dataset ${at + 1} of ${keys.length} of project ${ref.project}`);
    await deleteDatasetDocuments({ key });
  }
  await forgetProject(ref);
  setCurrentDetails(`Removed project ${ref.project} with ${keys.length} datasets`);
}
