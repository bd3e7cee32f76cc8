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
  if (line.item?.op !== 'patch' && line.line.length < SHORT_LINE && vectorBytes < DOCUMENT_BYTES) return undefined;
  const bytes = bsonBytes(decision.content);
  if (bytes <= DOCUMENT_BYTES && vectorBytes <= DOCUMENT_BYTES) return undefined;
  return {
    code: 'document_too_large',
    message: `The frame would take ${Math.max(bytes, vectorBytes)} bytes; a frame may take ${DOCUMENT_BYTES}: give it fewer labels or shorter values`,
  };
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
      return Object.entries(value).reduce(
        (sum, [key, inner]) => (inner === undefined ? sum : sum + 2 + Buffer.byteLength(key) + bsonBytes(inner)),
        5,
      );
    default:
      return 0;
  }
}
