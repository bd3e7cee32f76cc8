import { readOptionalFlag } from '../domain/fields';
import { inside } from '../domain/problem';
import { KEEP } from '../domain/item-vectors';
import type { Json, JsonObject } from '../domain/json';
import { isFiller, vectorNumbers } from './vector-numbers';

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
  try {
    const numbers = vectorNumbers(vector);
    return model === undefined ? numbers : ({ model, vector: numbers } satisfies JsonObject);
  } catch (error) {
    throw inside(error, 'embedding');
  }
}
