/** Codes that a store verb throws. `store_unavailable` is transient; every other one is the caller's to answer. */
export type StoreErrorCode =
  | 'project_exists'
  | 'project_not_found'
  | 'project_archived'
  | 'dataset_exists'
  | 'dataset_not_found'
  | 'dataset_archived'
  | 'dataset_immutable'
  | 'metadata_type_fixed'
  | 'batch_only'
  | 'upload_not_found'
  | 'upload_closed'
  | 'upload_cancelled'
  | 'upload_finished'
  | 'upload_not_finished'
  | 'nothing_to_retry'
  | 'version_not_found'
  | 'version_pruned'
  | 'tag_not_found'
  | 'preview_not_found'
  | 'key_not_found'
  | 'key_exists'
  | 'conflict'
  | 'store_unavailable';

export class StoreError extends Error {
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StoreError';
  }
}
