import type { ItemFailure } from '../../domain/item';
import type { Decision } from '../../domain/revision';
import type { ReadLine } from './read-chunk';

/** MongoDB's limit, less room for what a revision carries beside the content. */
const DOCUMENT_BYTES = 16 * 1024 * 1024 - 16 * 1024;
/** Vectors lie in a document of their own with the same limit. */
const FLOAT_BYTES = 4;
/** A line as short as this cannot make a document near the limit: BSON takes less than eight bytes for one of JSON. */
const SHORT_LINE = DOCUMENT_BYTES / 8;

/** Refuses a revision that MongoDB would not take. The store's check is the text's size, an upper bound kept simple. */
export function oversize(line: ReadLine, decision: Extract<Decision, { kind: 'write' }>): ItemFailure | undefined {
  const vectorBytes = [decision.vectors.frame, ...decision.vectors.labels.values()].reduce(
    (sum, vector) => sum + (vector?.length ?? 0) * FLOAT_BYTES,
    0,
  );
  if (line.item?.op !== 'patch' && line.bytes.length < SHORT_LINE && vectorBytes < DOCUMENT_BYTES) return undefined;
  const bytes = bsonBytes(decision.content);
  if (bytes <= DOCUMENT_BYTES && vectorBytes <= DOCUMENT_BYTES) return undefined;
  return {
    code: 'document_too_large',
    message: `The frame would take ${Math.max(bytes, vectorBytes)} bytes; a frame may take ${DOCUMENT_BYTES}: give it fewer labels or shorter values`,
  };
}

/** Only a line as long as this is looked through for its values. */
const LONG_LINE = 1024 * 1024;
/** An element takes eleven bytes and more in a long list of numbers: more values than this are over MongoDB's limit. */
const MOST_VALUES = 1_000_000;
const COMMA = 0x2c;

/**
 * Refuses a line that holds more values than any frame may have, before it is parsed: millions of empty objects take
 * little room on the line and hundreds of megabytes in memory.
 */
export function tooManyValues(line: Buffer): ItemFailure | undefined {
  if (line.length < LONG_LINE) return undefined;
  let values = 1;
  for (let at = line.indexOf(COMMA); at !== -1; at = line.indexOf(COMMA, at + 1)) values++;
  if (values <= MOST_VALUES) return undefined;
  const message = `The line holds about ${values} values; a frame may hold ${MOST_VALUES}: give it fewer labels or shorter lists`;
  return { code: 'document_too_large', message };
}

/** Size in BSON, see bsonspec.org; an array is a document with its positions as keys. */
function bsonBytes(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return 5 + Buffer.byteLength(value);
    case 'number':
    case 'bigint':
      return 8;
    case 'boolean':
      return 1;
    case 'object':
      if (value === null) return 0;
      return Array.isArray(value) ? arrayBytes(value) : objectBytes(value as Record<string, unknown>);
    default:
      return 0;
  }
}

function arrayBytes(values: unknown[]): number {
  let sum = 5;
  for (let at = 0; at < values.length; at++) sum += 2 + String(at).length + bsonBytes(values[at]);
  return sum;
}

function objectBytes(members: Record<string, unknown>): number {
  let sum = 5;
  for (const key in members)
    if (members[key] !== undefined) sum += 2 + Buffer.byteLength(key) + bsonBytes(members[key]);
  return sum;
}
