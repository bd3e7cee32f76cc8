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

/** What else decides an upload's state. */
export interface UploadCircumstances {
  cancelled: boolean;
  /** No more items will come. */
  closed: boolean;
  /** A batch with a bad item, or one whose dataset takes no more. */
  refused: boolean;
}

/** The state of an upload of items: a final one once nothing can change any more. */
export function finalState(counts: UploadCounts, { cancelled, closed, refused }: UploadCircumstances): UploadState {
  if (cancelled) return pending(counts) > 0 ? 'PROCESSING' : 'CANCELLED';
  if (refused) return 'FAILED';
  if (!closed) return 'OPEN';
  if (pending(counts) > 0) return 'PROCESSING';
  // Closed empty counts as failed: nothing that was meant has happened.
  if (counts.failed === counts.received) return 'FAILED';
  return counts.failed > 0 ? 'PARTIAL' : 'DONE';
}
