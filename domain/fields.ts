import { describe, Problem, quote } from './problem';
import type { Json, JsonObject } from './json';

/** What reads add to a frame or label; given back in a write they would claim something the store decides. */
const ADDED_BY_READS: ReadonlySet<string> = new Set(['version', 'dataset_version', 'hash', 'since']);

/** An object; fails on anything else, also when absent. */
export function readObject(value: Json | undefined, path: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  if (value === undefined || value === null) {
    throw new Problem('missing_field', `Expected an object${path === '' ? '' : ` in ${path}`}, got nothing`, path);
  }
  throw new Problem('invalid_value', `Expected an object, got ${describe(value)}`, path);
}

/** A list; an absent one is empty. */
export function readList(value: Json | undefined, path: string): Json[] {
  if (Array.isArray(value)) return value;
  if (value === undefined || value === null) return [];
  throw new Problem('invalid_value', `Expected a list, got ${describe(value)}`, path);
}

/** True or false, or undefined when absent or null. */
export function readOptionalFlag(value: Json | undefined, path: string): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === undefined || value === null) return undefined;
  throw new Problem('invalid_value', `Expected true or false, got ${describe(value)}`, path);
}

/** Refuses fields that are not known. */
export function checkFields(raw: JsonObject, known: ReadonlySet<string>): void {
  for (const key in raw) {
    if (!known.has(key)) throw unknownField(key, known);
  }
}

/** Characters of an unknown key that a path shows. */
const SHOWN_KEY = 100;

function unknownField(key: string, known: ReadonlySet<string>): Problem {
  const expected = known.size === 0 ? 'expected none' : `expected one of ${[...known].join(', ')}`;
  const hint = ADDED_BY_READS.has(key) ? 'reads add it, leave it out when writing' : expected;
  const path = key.length > SHOWN_KEY ? `${key.slice(0, SHOWN_KEY)}...` : key;
  return new Problem('unknown_field', `Unknown field ${quote(key)}; ${hint}`, path);
}
