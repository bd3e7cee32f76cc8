import { readOptionalFlag } from '../domain/fields';
import { KEEP } from '../domain/item-vectors';
import { vectorText } from '../domain/vector-text';
import type { Json } from '../domain/json';

/**
 * What a native item says of the vector of a frame or label: the one found in the files, that the stored one stays, or
 * nothing. Where a row says that the stored one is to be used again, what is in the files only fills the place; where
 * it says nothing at all (version 0.0.67), the stored one stays unless there is a new one.
 */
export function embeddingOfRow(
  reuse: Json | undefined,
  vector: Float32Array | undefined,
  model: string | undefined,
  path: string,
): Json | undefined {
  if (readOptionalFlag(reuse, path) === true) return KEEP;
  if (vector === undefined || isFiller(vector)) return reuse === undefined ? KEEP : undefined;
  return namedVector(vector, model);
}

function namedVector(vector: Float32Array, model: string | undefined): Json {
  const given = { vector: vectorText(vector) };
  return model === undefined ? given : { model, ...given };
}

/** True for a vector that only fills a place: the client writes zeros where it has none (protocol 5.8). */
function isFiller(vector: Float32Array): boolean {
  return vector.every((value) => value === 0);
}
