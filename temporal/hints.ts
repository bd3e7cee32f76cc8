import type { DatasetKey, UploadKind } from '../store/records';

export interface DatasetRef {
  project: string;
  dataset: string;
  key: DatasetKey;
}

export interface UploadRef extends DatasetRef {
  upload_id: string;
  kind: UploadKind;
}

/**
 * Nudges to Temporal. The truth is in the store, so every hint may be lost: it returns at once, never throws, and the
 * workers' sweep finds what nobody was told of.
 */
export interface Hints {
  /** Something waits in the dataset's queue: starts or wakes its actor. */
  datasetHasWork(dataset: DatasetRef): void;
  /** The upload was opened, closed, cancelled or retried: starts or wakes its workflow; `wake` false: only starts it. */
  uploadChanged(upload: UploadRef, wake?: boolean): void;
  /** The dataset was marked for deletion. */
  datasetDeleted(dataset: DatasetRef): void;
  /** The project was marked for deletion. */
  projectDeleted(project: string): void;
}

/** Whether the Temporal server answers, for readiness. */
export interface TemporalHealth {
  reachable(): Promise<boolean>;
}
