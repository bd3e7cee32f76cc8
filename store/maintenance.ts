import type { DatasetKey, UploadKind } from './records';

/** What the workers' sweep and the deletion workflow need. */
export interface Maintenance {
  /** Datasets by key, for naming their actors; deleted ones are left out. */
  datasetNames(keys: DatasetKey[]): Promise<{ key: DatasetKey; project: string; dataset: string }[]>;
  /**
   * Uploads whose workflow has not seen their end: up to `limit` closed ones, oldest first, and as many open ones, newest
   * first, since those may stay open for ever.
   */
  unwatchedUploads(limit: number): Promise<WatchedUpload[]>;
  watchedUpload(upload_id: string): Promise<WatchedUpload | null>;
  /** The upload's workflow has seen its final state. */
  markWatched(upload_id: string): Promise<void>;
  /** Drops submissions that were begun before a moment and never became whole; answers how many. */
  dropStaleSubmissions(before: Date): Promise<number>;
  /** Closes DIRECT uploads of processes that died: open, begun before a moment, nothing waiting. */
  closeOrphanedDirects(before: Date): Promise<number>;
  /** Projects and datasets that are marked for deletion. */
  deletions(): Promise<{ projects: string[]; datasets: { key: DatasetKey; project: string; dataset: string }[] }>;
  /** Removes a share of a deleted dataset's documents; true once nothing is left. */
  deleteSome(key: DatasetKey): Promise<boolean>;
  /** Marks the project's datasets for deletion; the keys of those that are not gone yet. */
  markDatasets(project: string): Promise<DatasetKey[]>;
  /** Removes some of what was uploaded for the project, then its own document, once its datasets are gone; true at the end. */
  forgetProject(project: string): Promise<boolean>;
}

export interface WatchedUpload {
  upload_id: string;
  key: DatasetKey;
  project: string;
  dataset: string;
  kind: UploadKind;
  state: string;
  closed: boolean;
  /** Its items come from files that are not all staged yet. */
  staging: boolean;
  counts: { received: number; applied: number; unchanged: number; failed: number; not_applied: number };
  last_version: number | null;
}
