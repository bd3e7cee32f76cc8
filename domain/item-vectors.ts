import { readEmbedding } from './embedding';
import type { EmbeddingReference, FrameVectors } from './frame';
import type { ItemContext } from './item-context';
import type { Json } from './json';

/** In place of a vector: the one that is stored for this frame or label stays, if there is one. */
export const KEEP = 'keep';

/** What an item says of vectors: those it brings, and the owners whose stored ones stay. */
export interface ItemVectors extends FrameVectors {
  kept?: KeptVectors;
}

export interface KeptVectors {
  frame: boolean;
  /** By `label_id`. */
  labels: Set<string>;
}

/** Reads the frame's embedding and puts its vector, or that it is kept, into `vectors`. */
export function readFrameEmbedding(
  value: Json | undefined,
  { digest }: ItemContext,
  vectors: ItemVectors,
): EmbeddingReference | undefined {
  if (value === KEEP) {
    kept(vectors).frame = true;
    return undefined;
  }
  const embedding = readEmbedding(value, digest);
  if (embedding !== undefined) vectors.frame = embedding.vector;
  return embedding?.reference;
}

/** Reads a label's embedding and puts its vector, or that it is kept, into `vectors`. */
export function readLabelEmbedding(
  value: Json | undefined,
  label_id: string,
  { digest }: ItemContext,
  vectors: ItemVectors,
): EmbeddingReference | undefined {
  if (value === KEEP) {
    kept(vectors).labels.add(label_id);
    return undefined;
  }
  const embedding = readEmbedding(value, digest);
  if (embedding !== undefined) vectors.labels.set(label_id, embedding.vector);
  return embedding?.reference;
}

function kept(vectors: ItemVectors): KeptVectors {
  vectors.kept ??= { frame: false, labels: new Set() };
  return vectors.kept;
}
