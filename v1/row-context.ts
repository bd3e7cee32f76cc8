import type { ItemFailure } from '../domain/item';
import type { JsonObject } from '../domain/json';

/** What is to be known to translate a row, beside the row and its vectors. */
export interface RowContext {
  /** Frames with their labels, or inferences about frames of another dataset. */
  rows: 'frames' | 'inferences';
  /** The models that made the vectors; absent when the client named none. */
  frame_model?: string;
  label_model?: string;
  /** What stands in front of links to own assets, which are stored without it. */
  publicUrl: string;
  /** Links to the masks that came in files of their own, by `asset_uuid`. */
  masks?: ReadonlyMap<string, string>;
}

/** A native item as it may be submitted, or why the row can be none. */
export type TranslatedRow = { item: JsonObject } | { failure: ItemFailure; frame_id: string | null };
