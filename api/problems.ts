import type { ErrorCode } from '../domain/error-codes';
import type { StoreErrorCode } from '../store/errors';

/** Codes that only the API answers with. */
export type RequestErrorCode =
  | 'invalid_request'
  | 'malformed_body'
  | 'malformed_path'
  | 'body_timeout'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'unsupported_encoding'
  | 'route_not_found'
  | 'method_not_allowed'
  | 'unauthorized'
  | 'forbidden_role'
  | 'forbidden_project'
  | 'key_in_use'
  | 'class_removed'
  | 'dataset_pinned'
  | 'invalid_version'
  | 'version_in_future'
  | 'no_version_at_time'
  | 'already_at_version'
  | 'revert_conflict'
  | 'idempotency_key_reused'
  | 'unsupported_format'
  | 'not_ready'
  | 'shutting_down'
  | 'internal';

/** Every code that a problem document may carry. */
export type ApiErrorCode = RequestErrorCode | StoreErrorCode | ErrorCode;

export interface ProblemKind {
  /** The HTTP status of an answer with this code. */
  status: number;
  /** The short summary that is the same for every answer with this code. */
  title: string;
}

const REQUEST_PROBLEMS: Record<RequestErrorCode, ProblemKind> = {
  invalid_request: { status: 422, title: 'The request is well-formed but wrong' },
  malformed_body: { status: 400, title: 'The body cannot be read' },
  malformed_path: { status: 400, title: 'The path cannot be decoded' },
  body_timeout: { status: 408, title: 'The body stopped arriving' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body is of a type that is not understood here' },
  unsupported_encoding: { status: 415, title: 'The body is in an encoding that is not understood here' },
  route_not_found: { status: 404, title: 'There is nothing at this path' },
  method_not_allowed: { status: 405, title: 'The path does not have this method' },
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  forbidden_role: { status: 403, title: "The key's role is not enough" },
  forbidden_project: { status: 403, title: 'The key is not for this project' },
  key_in_use: { status: 409, title: 'The key cannot revoke itself' },
  class_removed: { status: 422, title: 'Label classes may be appended, never removed or changed' },
  dataset_pinned: { status: 409, title: 'Inference sets are pinned to the dataset' },
  invalid_version: { status: 422, title: 'The version is neither a number, a tag, latest nor a time' },
  version_in_future: { status: 422, title: 'The time of the version is in the future' },
  no_version_at_time: { status: 404, title: 'No version was published by that time' },
  already_at_version: { status: 409, title: 'The dataset is at that version already' },
  revert_conflict: { status: 409, title: 'Frames of the upload were changed since' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used with another body' },
  unsupported_format: { status: 422, title: 'The format is not supported' },
  not_ready: { status: 503, title: 'A part of the service is not up' },
  shutting_down: { status: 503, title: 'The server is stopping' },
  internal: { status: 500, title: 'The server met an unexpected error' },
};

const STORE_PROBLEMS: Record<StoreErrorCode, ProblemKind> = {
  project_exists: { status: 409, title: 'The project exists already' },
  project_not_found: { status: 404, title: 'The project does not exist' },
  project_archived: { status: 409, title: 'The project is archived' },
  dataset_exists: { status: 409, title: 'The dataset exists already' },
  dataset_not_found: { status: 404, title: 'The dataset does not exist' },
  dataset_archived: { status: 409, title: 'The dataset is archived' },
  dataset_immutable: { status: 409, title: 'The dataset is immutable' },
  metadata_type_fixed: { status: 409, title: 'The metadata field has another type already' },
  batch_only: { status: 409, title: 'The dataset takes only BATCH uploads' },
  upload_not_found: { status: 404, title: 'The upload does not exist' },
  upload_closed: { status: 409, title: 'The upload is closed' },
  upload_cancelled: { status: 409, title: 'The upload was cancelled' },
  upload_finished: { status: 409, title: 'The upload has finished' },
  upload_not_finished: { status: 409, title: 'The upload has not finished' },
  nothing_to_retry: { status: 409, title: 'The upload has no item to retry' },
  version_not_found: { status: 404, title: 'The version does not exist' },
  version_pruned: { status: 410, title: 'The version was pruned' },
  tag_not_found: { status: 404, title: 'The tag does not exist' },
  preview_not_found: { status: 404, title: 'The preview does not exist' },
  key_not_found: { status: 404, title: 'The key does not exist' },
  key_exists: { status: 409, title: 'The key exists already' },
  conflict: { status: 409, title: 'Another writer was first' },
  store_unavailable: { status: 503, title: 'The database is not reachable' },
};

const ITEM_PROBLEMS: Record<ErrorCode, ProblemKind> = {
  invalid_json: { status: 422, title: 'The line is not JSON' },
  line_too_long: { status: 422, title: 'The line is too long' },
  document_too_large: { status: 422, title: 'The frame is too large' },
  invalid_item: { status: 422, title: 'The item has the wrong shape' },
  unknown_field: { status: 422, title: 'The item has a field that is not known' },
  missing_field: { status: 422, title: 'The item lacks a field' },
  invalid_id: { status: 422, title: 'The id breaks the rules for ids' },
  invalid_key: { status: 422, title: 'The metadata key breaks the rules for keys' },
  invalid_number: { status: 422, title: 'The number is not allowed here' },
  invalid_value: { status: 422, title: 'The value is not allowed here' },
  unknown_class: { status: 422, title: 'The label class is not in the project' },
  wrong_metadata_type: { status: 422, title: 'The metadata value is not of the type of its field' },
  too_many_fields: { status: 422, title: 'The dataset would have too many metadata fields' },
  wrong_embedding: { status: 422, title: "The vector does not fit the dataset's embeddings" },
  duplicate_label_id: { status: 422, title: 'Two labels of the frame share an id' },
  duplicate_frame_id: { status: 422, title: 'Two items of the batch name the same frame' },
  missing_sensor_url: { status: 422, title: 'The sensor has neither URL nor text' },
  frame_not_found: { status: 404, title: 'The frame does not exist at this version' },
  label_not_found: { status: 404, title: 'The label does not exist in this frame' },
  version_conflict: { status: 412, title: 'The frame has changed since' },
  store_rejected: { status: 422, title: 'The store refused the item again and again' },
};

/** The one table of problems: complete, or it does not compile. docs/errors.md is checked against it. */
export const PROBLEMS: Record<ApiErrorCode, ProblemKind> = {
  ...REQUEST_PROBLEMS,
  ...STORE_PROBLEMS,
  ...ITEM_PROBLEMS,
};
