import { isInteger, parse as parseLossless } from 'lossless-json';
import type { ItemFailure } from '../../domain/item';
import type { Json, JsonObject } from '../../domain/json';
import { markTokens, mayHaveTokens } from '../../staging/bare-tokens';

/** Digits of an integer that a double may not hold exactly; those behind a point are rounded by every parser. */
const LONG_NUMBER = /(?<![\d.])\d{16}/;

/** A token as `markTokens` leaves it in a string; other texts may begin with U+0000 too. */
// eslint-disable-next-line no-control-regex -- U+0000 is the mark
const MARKED = /^\u0000-?(?:NaN|Infinity)$/;

export type ParsedLine = { ok: true; value: Json } | { ok: false; failure: ItemFailure };

/** One line as JSON. Long integers keep their digits; the bare tokens NaN and Infinity are read as numbers. */
export function parseLine(line: string): ParsedLine {
  try {
    const value = LONG_NUMBER.test(line)
      ? (parseLossless(line, null, parseNumber) as Json)
      : (JSON.parse(line) as Json);
    return { ok: true, value };
  } catch (error) {
    const value = mayHaveTokens(line) ? parseTokens(line) : undefined;
    if (value !== undefined) return { ok: true, value };
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      failure: { code: 'invalid_json', message: `Expected a line of JSON: ${reason.slice(0, 200)}` },
    };
  }
}

function parseNumber(text: string): number | bigint {
  return isInteger(text) && LONG_NUMBER.test(text) ? BigInt(text) : Number(text);
}

function parseTokens(line: string): Json | undefined {
  try {
    return unmark(parseLossless(markTokens(line), null, parseNumber) as Json);
  } catch {
    return undefined;
  }
}

function unmark(value: Json): Json {
  if (typeof value === 'string') return MARKED.test(value) ? Number(value.slice(1)) : value;
  if (Array.isArray(value)) return value.map(unmark);
  if (typeof value !== 'object' || value === null) return value;
  const result: JsonObject = {};
  for (const [key, inner] of Object.entries(value))
    Object.defineProperty(result, key, { value: unmark(inner), enumerable: true, configurable: true, writable: true });
  return result;
}
