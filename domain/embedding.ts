import { checkFields, readObject } from './fields';
import { describe, inside, Problem } from './problem';
import { readText } from './text';
import type { EmbeddingReference } from './frame';
import type { Json } from './json';

const EMBEDDING_FIELDS: ReadonlySet<string> = new Set(['model', 'vector']);

/** A vector with the reference that stands for it in the frame. */
export interface Embedding {
  reference: EmbeddingReference;
  vector: Float32Array<ArrayBuffer>;
}

/** Lower-case hex SHA-256 of bytes. */
export type Digest = (bytes: Uint8Array<ArrayBuffer>) => string;

/** Reads `[0.1, ...]` or `{model?, vector: [0.1, ...]}`; undefined when absent or null. */
export function readEmbedding(value: Json | undefined, digest: Digest): Embedding | undefined {
  if (value === undefined || value === null) return undefined;
  try {
    if (Array.isArray(value)) return embeddingOf(undefined, readVector(value), digest);
    if (typeof value !== 'object') {
      throw new Problem(
        'invalid_value',
        `Expected a list of numbers, {model, vector} or "keep", got ${describe(value)}`,
      );
    }
    return readNamedEmbedding(value, digest);
  } catch (error) {
    throw inside(error, 'embedding');
  }
}

function readNamedEmbedding(value: Json, digest: Digest): Embedding {
  const raw = readObject(value, '');
  checkFields(raw, EMBEDDING_FIELDS);
  const model = raw.model === undefined || raw.model === null ? undefined : readText(raw.model, 'model');
  if (model === '') throw new Problem('invalid_value', 'Expected the name of a model, got an empty text', 'model');
  if (raw.vector === undefined || raw.vector === null) {
    throw new Problem('missing_field', 'Expected a list of numbers in vector, got nothing', 'vector');
  }
  if (!Array.isArray(raw.vector)) {
    throw new Problem('invalid_value', `Expected a list of numbers, got ${describe(raw.vector)}`, 'vector');
  }
  try {
    return embeddingOf(model, readVector(raw.vector), digest);
  } catch (error) {
    throw inside(error, 'vector');
  }
}

function readVector(raw: Json[]): Float32Array<ArrayBuffer> {
  if (raw.length === 0) throw new Problem('invalid_value', 'Expected at least one number, got an empty list');
  const vector = new Float32Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    const value = raw[i];
    const narrow = Math.fround(typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? value : NaN);
    if (narrow - narrow !== 0) throw notAFloat32(value, i);
    vector[i] = narrow + 0;
  }
  return vector;
}

function notAFloat32(value: Json | undefined, index: number): Problem {
  const code = typeof value === 'number' || typeof value === 'bigint' ? 'invalid_number' : 'invalid_value';
  return new Problem(code, `Expected a number that fits a 32-bit float, got ${describe(value)}`, `[${index}]`);
}

/** The embedding that a vector of finite values makes. */
export function embeddingOf(model: string | undefined, vector: Float32Array<ArrayBuffer>, digest: Digest): Embedding {
  const dimension = vector.length;
  const hash = digest(littleEndianBytes(vector));
  return { reference: model === undefined ? { dimension, digest: hash } : { model, dimension, digest: hash }, vector };
}

/** The bytes a vector is hashed and stored by, the same on every machine. */
export function littleEndianBytes(vector: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < vector.length; i++) view.setFloat32(i * 4, vector[i]!, true);
  return bytes;
}

/** A vector as decimal numbers: of each value the shortest that narrows to it again, so that 0.1 reads as 0.1. */
export function decimalVector(vector: Float32Array): number[] {
  return Array.from(vector, (value) => {
    for (let digits = 6; digits < 9; digits++) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === value) return short;
    }
    return Number(value.toPrecision(9));
  });
}
