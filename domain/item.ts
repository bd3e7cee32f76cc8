import type { FrameContent, Label, MetadataValue } from './frame';
import type { ErrorCode } from './error-codes';
import type { ItemVectors } from './item-vectors';
import type { JsonObject } from './json';
import type { FieldType } from './field-type';

export type ItemOp = 'put' | 'patch' | 'delete';

/** Why an item FAILED: stable code, a message a person can act on, the place in the item. */
export interface ItemFailure {
  code: ErrorCode;
  message: string;
  /** `labels[3].geometry.width`; absent when the item as a whole is meant. */
  path?: string;
  label_id?: string;
}

interface ItemBase {
  frame_id: string;
  /** The revision the writer saw (0: the frame must be absent); a stale one fails with `version_conflict`. */
  if_version?: number;
  /** The types that metadata fields take if this item is the first to fix them. */
  metadata_types?: Readonly<Record<string, FieldType>>;
}

/** Replaces the whole frame. */
export interface PutItem extends ItemBase {
  op: 'put';
  content: FrameContent;
  vectors: ItemVectors;
  /** Keep the stored vectors of the frame and of labels that stay and bring none themselves. */
  keep_embeddings: boolean;
}

/** A label given in part; only what is named changes, null removes. */
export interface LabelMerge {
  label_id: string;
  fields: JsonObject;
}

/** Changes the named parts only. A part that is `null` is removed. */
export interface PatchItem extends ItemBase {
  op: 'patch';
  if_missing?: 'skip';
  /** Parts other than metadata and labels, replaced whole; null removes. */
  parts: { [K in Exclude<keyof FrameContent, 'metadata' | 'labels'>]?: FrameContent[K] | null };
  /** Merged one level deep, null removes a field; `null` as a whole removes all metadata. */
  metadata?: Record<string, MetadataValue | null> | null;
  labels?: { upsert: Label[]; merge: LabelMerge[]; delete: string[] };
  vectors: ItemVectors;
}

export interface DeleteItem extends ItemBase {
  op: 'delete';
}

export type Item = PutItem | PatchItem | DeleteItem;
