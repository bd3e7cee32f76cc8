import type { Json } from '../domain/json';
import { pythonJson } from './python-json';

/** An integer so long that the engine's own text of it may have other digits than its value. */
const LONG_INTEGER = /(?<![\d.])\d{16,}(?![\d.])/;
/** Many times faster to see than the above, of which it is a part. */
const MANY_DIGITS = /\d{16}/;

/**
 * A value as JSON text that the worker's line parser reads as the same value: NaN and the infinities as bare tokens,
 * integers with all their digits. The engine's own stringify does for most values; it throws on bigints, writes what is
 * not finite as null and rounds the digits of long integers, so texts that may show this are written by a slower walk.
 */
export function jsonText(value: Json): string {
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    if (error instanceof TypeError) return pythonJson(value);
    throw error;
  }
  if (text.includes('null') && holdsNonFinite(value)) return pythonJson(value);
  return MANY_DIGITS.test(text) && LONG_INTEGER.test(text) ? pythonJson(value) : text;
}

function holdsNonFinite(value: Json): boolean {
  if (typeof value === 'number') return value - value !== 0;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsNonFinite);
  for (const key in value) if (holdsNonFinite(value[key]!)) return true;
  return false;
}
