import type { ItemFailure } from '../../domain/item';

/** Why the store would not take one item's revision, and how often that was tried. */
export interface Rejection {
  failure: ItemFailure;
  attempts: number;
}

/** Names an item inside a commit. */
export const rejectionKey = (chunk_id: string, at: number): string => `${chunk_id}#${at}`;
