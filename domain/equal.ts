import type { Label } from './frame';
import type { Json, JsonObject } from './json';

/** True when two values in normal form are the same by value; NaN equals NaN, the order of keys means nothing. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((entry, index) => equalJson(entry, b[index]));
  }
  if (Array.isArray(b)) return false;
  let surplus = 0;
  for (const key in a) {
    // What a key inherits (`constructor`) is never equal to JSON.
    if (!equalJson(a[key], b[key])) return false;
    surplus++;
  }
  for (const _ in b) surplus--;
  return surplus === 0;
}

/** True when two labels in normal form have the same content; `since` is no content. */
export function equalLabels(a: Label, b: Label): boolean {
  const left = a as unknown as JsonObject;
  const right = b as unknown as JsonObject;
  let surplus = 0;
  for (const key in left) {
    if (key === 'since') continue;
    if (!equalJson(left[key], right[key])) return false;
    surplus++;
  }
  for (const key in right) if (key !== 'since') surplus--;
  return surplus === 0;
}
