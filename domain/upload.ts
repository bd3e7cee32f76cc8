export const UPLOAD_KINDS = ['STREAMING', 'BATCH', 'DIRECT', 'CLONE', 'ROLLBACK', 'REVERT'] as const;
/** How items come in: submitted bit by bit, all or nothing, frame by frame, or planned from what is stored. */
export type UploadKind = (typeof UPLOAD_KINDS)[number];

export const UPLOAD_STATES = ['OPEN', 'PROCESSING', 'DONE', 'PARTIAL', 'FAILED', 'CANCELLED'] as const;
/** OPEN until closed; PROCESSING while items are pending; the other states are final, though `retry` may reopen two. */
export type UploadState = (typeof UPLOAD_STATES)[number];

export const ITEM_STATES = ['PENDING', 'APPLIED', 'UNCHANGED', 'NOT_APPLIED', 'FAILED'] as const;
/** NOT_APPLIED: cancelled, or a good item of a refused batch. */
export type ItemState = (typeof ITEM_STATES)[number];

/** What became of an upload's items. */
export interface UploadCounts {
  received: number;
  applied: number;
  unchanged: number;
  failed: number;
  not_applied: number;
  /** Frames in the applied items. */
  frames: number;
  /** Labels in the applied items. */
  labels: number;
}

export const ZERO_COUNTS: Readonly<UploadCounts> = {
  received: 0,
  applied: 0,
  unchanged: 0,
  failed: 0,
  not_applied: 0,
  frames: 0,
  labels: 0,
};

/** Items whose end is not known yet: received = applied + unchanged + failed + not_applied + pending, always. */
export function pending(counts: UploadCounts): number {
  return counts.received - counts.applied - counts.unchanged - counts.failed - counts.not_applied;
}

export const UPLOAD_ERROR_CODES = [
  'upload_empty',
  'batch_refused',
  'dataset_immutable',
  'revert_conflict',
  'unreadable_file',
] as const;
/** Why an upload FAILED as a whole; its items' own failures have codes of their own. */
export type UploadErrorCode = (typeof UPLOAD_ERROR_CODES)[number];

export interface UploadError {
  code: UploadErrorCode;
  message: string;
  /** Frames that stand in the way of a revert. */
  frames?: string[];
}

export interface UploadStanding {
  kind: UploadKind;
  counts: UploadCounts;
  /** No more items will come. */
  closed: boolean;
  cancelled: boolean;
  /** A refused batch or restore. */
  error?: UploadError;
}

/** Where an upload stands: in a final state once nothing can change any more. */
export function standing({ kind, counts, closed, cancelled, error }: UploadStanding): {
  state: UploadState;
  error?: UploadError;
} {
  if (!closed) return { state: 'OPEN' };
  if (pending(counts) > 0) return { state: 'PROCESSING' };
  if (error) return { state: 'FAILED', error };
  if (cancelled) return { state: 'CANCELLED' };
  // A restore that finds nothing to do is done; an upload closed empty meant something that did not happen.
  if (counts.received === 0 && (kind === 'STREAMING' || kind === 'BATCH'))
    return { state: 'FAILED', error: { code: 'upload_empty', message: 'The upload was closed without any item' } };
  if (counts.failed === 0) return { state: 'DONE' };
  return { state: counts.failed === counts.received ? 'FAILED' : 'PARTIAL' };
}
