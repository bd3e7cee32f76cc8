import type { DatasetRecord, ItemCounts, ItemError, ItemRecord, UploadRecord, WindowRecord } from '../../store/records';
import { API_ROOT } from '../contract/endpoint';
import type { ErrorRecordBody, ItemOutcomeBody } from '../contract/upload-results';
import type { UploadBody, WindowBody } from '../contract/uploads';

/** An upload as answered. */
export function uploadBody(upload: UploadRecord): UploadBody {
  const { upload_id, kind, mode, state, created_by, message, external_id, counts, first_version, last_version, error } =
    upload;
  return {
    upload_id,
    kind,
    mode,
    state,
    created_at: upload.created_at.toISOString(),
    created_by,
    message,
    ...(typeof external_id === 'string' && { external_id }),
    counts: { received: counts.received, ...outcomes(counts), pending: counts.pending },
    first_version,
    last_version,
    ...(error && { error }),
  };
}

/** Where an upload is read; a relative reference, so that it holds behind any proxy. */
export function uploadLocation(
  { project, dataset }: Pick<DatasetRecord, 'project' | 'dataset'>,
  upload_id: string,
): string {
  return `${API_ROOT}/projects/${project}/datasets/${dataset}/uploads/${upload_id}`;
}

/** A window as answered. */
export function windowBody({ window, state, version, counts }: WindowRecord): WindowBody {
  return {
    window,
    state,
    ...(typeof version === 'number' && { version }),
    counts: { received: counts.received, ...outcomes(counts) },
  };
}

/** What became of an item, as answered. */
export function itemBody({ item, op, frame_id, label_ids, state, version, code }: ItemRecord): ItemOutcomeBody {
  return {
    item,
    op,
    frame_id,
    label_ids,
    state,
    ...(version !== undefined && { version }),
    ...(code !== undefined && { code }),
  };
}

/** Why an item failed, as answered. */
export function errorBody(error: ItemError): ErrorRecordBody {
  const { item, line, frame_id, label_id, code, message, path, attempts, window } = error;
  return {
    item,
    line,
    frame_id,
    ...(typeof label_id === 'string' && { label_id }),
    code,
    message,
    path: path ?? null,
    attempts,
    window,
  };
}

function outcomes({ applied, unchanged, failed, not_applied, frames, labels }: ItemCounts): ItemCounts {
  return { applied, unchanged, failed, not_applied, frames, labels };
}
