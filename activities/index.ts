import * as deletion from './delete-documents';
import { drainDataset } from './drain-dataset';
import { stageFiles } from './ingest/stage-files';
import { cancelUpload, readUpload } from './read-upload';
import type { ActivityDeps } from './deps';
import type { DatasetRef, UploadRef } from '../temporal/hints';

/** Everything the workflows may call, closed over the store. Names are flat on the worker. */
export function createActivities(deps: ActivityDeps) {
  return {
    drainDataset: (dataset: DatasetRef) => drainDataset(deps, dataset),
    readUpload: (upload: UploadRef) => readUpload(deps, upload),
    stageFiles: (upload: UploadRef) => stageFiles(deps, upload),
    cancelUpload: (upload: UploadRef) => cancelUpload(deps, upload),
    deleteDatasetDocuments: (dataset: Pick<DatasetRef, 'key'>) => deletion.deleteDatasetDocuments(deps, dataset),
    markProjectDatasets: (project: { project: string }) => deletion.markProjectDatasets(deps, project),
    forgetProject: (project: { project: string }) => deletion.forgetProject(deps, project),
  };
}

export type Activities = ReturnType<typeof createActivities>;
