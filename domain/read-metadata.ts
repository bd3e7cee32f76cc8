import { describe, inside, Problem } from './problem';
import { metadataKeyProblem } from './ids';
import { readAnyNumber } from './numbers';
import { readObject } from './fields';
import { readText } from './text';
import { sortedKeys } from './free-json';
import type { Json, JsonObject } from './json';
import type { MetadataScalar, MetadataValue } from './frame';

/** Frame metadata of a put in normal form; null fields are absent. Undefined when nothing is there. */
export function readMetadata(value: Json | undefined): Record<string, MetadataValue> | undefined {
  if (value === undefined || value === null) return undefined;
  const raw = readObject(value, 'metadata');
  const metadata: Record<string, MetadataValue> = {};
  let empty = true;
  for (const key of sortedKeys(raw)) {
    const field = readField(raw, key);
    if (field === null) continue;
    metadata[key] = field;
    empty = false;
  }
  return empty ? undefined : metadata;
}

/** Frame metadata of a patch: a null field is to be removed, null as a whole removes all. */
export function readMetadataPatch(value: Json | undefined): Record<string, MetadataValue | null> | null | undefined {
  if (value === undefined || value === null) return value;
  const raw = readObject(value, 'metadata');
  const patch: Record<string, MetadataValue | null> = {};
  for (const key of sortedKeys(raw)) patch[key] = readField(raw, key);
  return patch;
}

function readField(raw: JsonObject, key: string): MetadataValue | null {
  const problem = metadataKeyProblem(key);
  if (problem !== null) throw new Problem('invalid_key', problem, 'metadata');
  const value = raw[key];
  try {
    if (value === undefined || value === null) return null;
    if (!Array.isArray(value)) return readScalar(value, '');
    return value.map((entry, index) => readScalar(entry, `[${index}]`));
  } catch (error) {
    throw inside(inside(error, key), 'metadata');
  }
}

function readScalar(value: Json, path: string): MetadataScalar {
  if (typeof value === 'string') return readText(value, path);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number' && value - value !== 0) {
    throw new Problem('invalid_number', `Expected a finite number, got ${value}`, path);
  }
  if (typeof value === 'number' || typeof value === 'bigint') return readAnyNumber(value, path);
  const expected =
    path === '' ? 'a text, a number, true or false, or a list of these' : 'a text, a number, true or false';
  throw new Problem('wrong_metadata_type', `Expected ${expected}, got ${describe(value)}`, path);
}
