import { describe, Problem, quote } from './problem';
import { textProblem } from './text';
import type { Json } from './json';

/** Bytes of UTF-8 that an id or a metadata key may have. */
export const MAX_ID_BYTES = 512;

const DATASET_NAME = /^[A-Za-z0-9_]{1,128}$/;
const TAG_NAME = /^[A-Za-z][A-Za-z0-9._-]{0,127}$/;

/** True for a legal project, dataset or inference set id. */
export function isDatasetName(name: string): boolean {
  return DATASET_NAME.test(name);
}

/** Why a text cannot be a frame, label, sensor or coordinate frame id, or null. */
export function frameIdProblem(id: string): string | null {
  const length = id.length;
  if (length === 0) return 'An id may not be empty';
  let bytes = length;
  for (let i = 0; i < length; i++) {
    const unit = id.charCodeAt(i);
    if (unit === 0x2f) return `An id may hold no "/", got ${quote(id)}`;
    if (unit < 0x20 || (unit >= 0x7f && unit <= 0x9f)) {
      return `An id may hold no control characters, got ${quote(id)}`;
    }
    // Two units of a surrogate pair make 4 bytes, so each counts one more than its unit.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  if (bytes > MAX_ID_BYTES) return `An id may have at most ${MAX_ID_BYTES} bytes, got ${bytes}`;
  if (id === '.' || id === '..') return `An id may not be "." or "..", got ${quote(id)}`;
  return textProblem(id);
}

/** Reads an id out of an item. */
export function readId(value: Json | undefined, path: string): string {
  if (typeof value === 'string') {
    const problem = frameIdProblem(value);
    if (problem === null) return value;
    throw new Problem('invalid_id', problem, path);
  }
  if (value === undefined || value === null)
    throw new Problem('missing_field', `Expected an id in ${path}, got nothing`, path);
  throw new Problem('invalid_id', `Expected an id as text, got ${describe(value)}`, path);
}

/** Reads an id that may be absent or null. */
export function readOptionalId(value: Json | undefined, path: string): string | undefined {
  return value === undefined || value === null ? undefined : readId(value, path);
}

/** Why a text cannot be a key of metadata or of other free JSON, or null. Keys become names of MongoDB fields. */
export function metadataKeyProblem(key: string): string | null {
  if (key.length > MAX_ID_BYTES) return `A key may have at most ${MAX_ID_BYTES} characters, got ${key.length}`;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    if (unit === 0x2e) return `A key may hold no ".", got ${quote(key)}`;
    if (unit === 0) return `A key may hold no NUL character, got ${quote(key)}`;
    if (unit === 0x24 && i === 0) return `A key may not start with "$", got ${quote(key)}`;
  }
  if (key === '__proto__') return 'A key may not be "__proto__"';
  return textProblem(key);
}

/** Why a text cannot name a tag, or null. */
export function tagProblem(name: string): string | null {
  if (name === 'latest') return 'The tag "latest" always means the newest version; choose another name';
  if (TAG_NAME.test(name)) return null;
  return `A tag starts with a letter and has at most 128 letters, digits, ".", "_" or "-", got ${quote(name)}`;
}

/** Orders texts by their UTF-8 bytes: negative, 0 or positive. MongoDB sorts ids the same way. */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const unitA = a.charCodeAt(i);
    const unitB = b.charCodeAt(i);
    if (unitA !== unitB) return byteRank(unitA) - byteRank(unitB);
  }
  return a.length - b.length;
}

/** UTF-16 puts surrogates before U+E000 to U+FFFF; in UTF-8 what they stand for comes after. */
function byteRank(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
