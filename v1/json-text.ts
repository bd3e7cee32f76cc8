import type { Json } from '../domain/json';

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
    if (error instanceof TypeError) return write(value);
    throw error;
  }
  if (text.includes('null') && holdsNonFinite(value)) return write(value);
  return MANY_DIGITS.test(text) && LONG_INTEGER.test(text) ? write(value) : text;
}

function holdsNonFinite(value: Json): boolean {
  if (typeof value === 'number') return value - value !== 0;
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsNonFinite);
  for (const key in value) if (holdsNonFinite(value[key]!)) return true;
  return false;
}

function write(value: Json): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const members: string[] = [];
  for (const key in value) members.push(`${JSON.stringify(key)}:${write(value[key]!)}`);
  return `{${members.join(',')}}`;
}

function numberText(value: number): string {
  const isLong = Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21;
  return isLong ? BigInt(value).toString() : String(value);
}
