import { inside, Problem } from './problem';
import { metadataKeyProblem } from './ids';
import { readAnyNumber } from './numbers';
import { readObject } from './fields';
import { textProblem } from './text';
import type { Json, JsonObject } from './json';

/** Levels of lists and objects inside one free value; MongoDB ends at 100 for the whole document. */
export const MAX_NESTING = 50;

/**
 * What may stand for a number that is not finite: `refuse` none; `keep` NaN and infinities as numbers; `named` also
 * their written form, the texts "NaN", "Infinity" and "-Infinity", as reads show them.
 */
export type NonFinite = 'refuse' | 'keep' | 'named';

/** Free JSON in normal form: a copy with sorted keys, checked keys and texts, numbers by value. */
export function readFreeJson(value: Json, nonFinite: NonFinite, depth = 0): Json {
  if (typeof value === 'string') return nonFinite === 'named' ? readNamed(value) : checkText(value);
  if (typeof value === 'number') {
    if (nonFinite === 'refuse' && value - value !== 0) {
      throw new Problem('invalid_number', `Expected a finite number, got ${value}`);
    }
    return value + 0;
  }
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return readAnyNumber(value, '');
  if (depth >= MAX_NESTING) {
    throw new Problem('invalid_value', `Expected at most ${MAX_NESTING} levels of nesting, got more`);
  }
  return Array.isArray(value) ? readFreeList(value, nonFinite, depth) : copyObject(value, nonFinite, depth);
}

/** An object of free JSON in normal form; undefined when absent, null or empty, which mean the same. */
export function readFreeObject(value: Json | undefined, path: string, nonFinite: NonFinite): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  const raw = readObject(value, path);
  let copy: JsonObject;
  try {
    copy = copyObject(raw, nonFinite, 0);
  } catch (error) {
    throw inside(error, path);
  }
  for (const _ in copy) return copy;
  return undefined;
}

/** The keys in the order of normal form. Keys are usually sorted already, which is cheaper to see than to sort. */
export function sortedKeys(raw: JsonObject): string[] {
  const keys = Object.keys(raw);
  for (let i = 1; i < keys.length; i++) {
    if (keys[i - 1]! > keys[i]!) return keys.sort();
  }
  return keys;
}

function copyObject(raw: JsonObject, nonFinite: NonFinite, depth: number): JsonObject {
  const copy: JsonObject = {};
  for (const key of sortedKeys(raw)) {
    const problem = metadataKeyProblem(key);
    if (problem !== null) throw new Problem('invalid_key', problem);
    try {
      copy[key] = readFreeJson(raw[key]!, nonFinite, depth + 1);
    } catch (error) {
      throw inside(error, key);
    }
  }
  return copy;
}

function readFreeList(raw: Json[], nonFinite: NonFinite, depth: number): Json[] {
  const copy: Json[] = [];
  for (let i = 0; i < raw.length; i++) {
    try {
      copy.push(readFreeJson(raw[i]!, nonFinite, depth + 1));
    } catch (error) {
      throw inside(error, `[${i}]`);
    }
  }
  return copy;
}

function readNamed(text: string): Json {
  if (text === 'NaN') return NaN;
  if (text === 'Infinity') return Infinity;
  if (text === '-Infinity') return -Infinity;
  return checkText(text);
}

function checkText(text: string): string {
  const problem = textProblem(text);
  if (problem === null) return text;
  throw new Problem('invalid_value', problem);
}

/** NaN and infinities as the texts that `named` reads back; the same object when there are none. */
export function nameNonFinite(value: Json): Json {
  if (typeof value === 'number') return value - value === 0 ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.some(hasNonFinite) ? value.map(nameNonFinite) : value;
  if (!hasNonFinite(value)) return value;
  const copy: JsonObject = {};
  for (const key in value) copy[key] = nameNonFinite(value[key]!);
  return copy;
}

function hasNonFinite(value: Json): boolean {
  if (typeof value === 'number') return value - value !== 0;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasNonFinite);
  for (const key in value) if (hasNonFinite(value[key]!)) return true;
  return false;
}
