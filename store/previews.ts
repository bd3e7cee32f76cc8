/** A frame that was sent to be looked at, not to be kept. */
export interface PreviewRecord {
  preview_id: string;
  project: string;
  created_at: Date;
  /** JSON text of a native frame without what only stored frames have. */
  frame: string;
  /** JSON text of the same frame with inferences in place of labels; null when none were sent. */
  inference_frame: string | null;
}

/** How long a preview is kept. */
export const PREVIEW_DAYS = 7;

export interface PreviewStore {
  put(preview: Omit<PreviewRecord, 'created_at'>): Promise<PreviewRecord>;
  /** `preview_not_found`, also for another project's. */
  get(project: string, preview_id: string): Promise<PreviewRecord>;
}
