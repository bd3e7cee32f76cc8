import type { FrameContent, FrameVectors, StoredLabel } from './frame';
import type { ItemFailure } from './item';

/** `to` of a current revision. */
export const FOREVER = 2_147_483_647;

/** What a decision needs to know of the frame's current revision. */
export interface CurrentRevision {
  /** The version that wrote it. */
  from: number;
  deleted: boolean;
  /** Frame hash, 64 hex digits; the zero hash on a tombstone. */
  hash: string;
  content: FrameContent<StoredLabel>;
  /** The version whose embeddings document holds this revision's vectors; absent without vectors. */
  vectors_from?: number;
}

/** What becomes of one item against the frame's current revision. */
export type Decision =
  | { kind: 'unchanged' }
  | { kind: 'failed'; failure: ItemFailure }
  | { kind: 'delete' }
  | {
      kind: 'write';
      hash: string;
      content: FrameContent<StoredLabel>;
      /** Vectors the item brought that are referenced by `content`. */
      vectors: FrameVectors;
      /** True when `content` refers to vectors of the current revision too. */
      keeps_vectors: boolean;
    };
