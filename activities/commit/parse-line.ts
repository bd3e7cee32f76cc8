import { isInteger, parse as parseLossless } from 'lossless-json';
import type { ItemFailure } from '../../domain/item';
import type { Json, JsonObject } from '../../domain/json';

/** Digits of an integer that a double may not hold exactly; those behind a point are rounded by every parser. */
const LONG_NUMBER = /(?<![\d.])\d{16}/;
/** A string (skipped), or one of the tokens that Python writes and JSON does not know. */
const STRING_OR_TOKEN = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;
const HAS_TOKEN = /\b(?:NaN|Infinity)\b/;
/** Stands for a token inside a string; U+0000 cannot stand unescaped in JSON text. */
const MARK = '\\u0000';

export type ParsedLine = { ok: true; value: Json } | { ok: false; failure: ItemFailure };

/** One line as JSON. Long integers keep their digits; the bare tokens NaN and Infinity are read as numbers. */
export function parseLine(line: string): ParsedLine {
  try {
    const value = LONG_NUMBER.test(line)
      ? (parseLossless(line, null, parseNumber) as Json)
      : (JSON.parse(line) as Json);
    return { ok: true, value };
  } catch (error) {
    const value = HAS_TOKEN.test(line) ? parseTokens(line) : undefined;
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
  const marked = line.replace(STRING_OR_TOKEN, (match) => (match.startsWith('"') ? match : `"${MARK}${match}"`));
  try {
    return unmark(parseLossless(marked, null, parseNumber) as Json);
  } catch {
    return undefined;
  }
}

function unmark(value: Json): Json {
  if (typeof value === 'string') return value.startsWith('\u0000') ? Number(value.slice(1)) : value;
  if (Array.isArray(value)) return value.map(unmark);
  if (typeof value !== 'object' || value === null) return value;
  const result: JsonObject = {};
  for (const [key, inner] of Object.entries(value))
    Object.defineProperty(result, key, { value: unmark(inner), enumerable: true, configurable: true, writable: true });
  return result;
}
