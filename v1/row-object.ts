import { Problem } from '../domain/problem';
import type { Json, JsonObject } from '../domain/json';

/**
 * Sets a field whose key comes from a row. `__proto__` would set the object's prototype in place of a field.
 * @throws Problem
 */
export function setField(target: JsonObject, key: string, value: Json): void {
  if (key === '__proto__') throw new Problem('invalid_key', 'A key may not be "__proto__"');
  target[key] = value;
}

/** Copies fields that native items have under the same name, absent and null ones left out. */
export function copyFields(from: JsonObject, to: JsonObject, keys: readonly string[]): void {
  for (const key of keys) {
    const value = from[key];
    if (value !== undefined && value !== null) to[key] = value;
  }
}

/** True when an object has a field. */
export function hasFields(object: JsonObject): boolean {
  for (const _ in object) return true;
  return false;
}
