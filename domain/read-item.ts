import { checkFields, readOptionalFlag } from './fields';
import { describe, Problem, quote } from './problem';
import { readCount } from './numbers';
import { readFrame } from './read-frame';
import { readId, MAX_ID_BYTES } from './ids';
import { readMetadataTypes } from './field-type';
import { readPatch } from './read-patch';
import type { Item, ItemFailure, ItemOp } from './item';
import type { ItemContext } from './item-context';
import type { Json, JsonObject } from './json';

export type { ItemContext } from './item-context';

/** An item in normal form, or why it FAILED; `op` and `frame_id` as far as they can be told. */
export type ReadItem =
  { ok: true; item: Item } | { ok: false; failure: ItemFailure; op: ItemOp | null; frame_id: string | null };

const ITEM_FIELDS: ReadonlySet<string> = new Set([
  'op',
  'frame_id',
  'frame',
  'if_version',
  'keep_embeddings',
  'if_missing',
  'metadata_types',
  'non_finite',
  // Lines of the error download carry it; they can be sent again as they are.
  'error',
]);

/**
 * Checks one item against every rule that needs no stored frame and brings it into normal form. Paths of failures are
 * relative to the frame for what is inside it, plain names for the item's own fields.
 */
export function readItem(raw: Json, context: ItemContext): ReadItem {
  try {
    return { ok: true, item: readCheckedItem(raw, context) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { ok: false, failure: error.toFailure(), op: shownOp(raw), frame_id: shownId(raw) };
  }
}

function readCheckedItem(raw: Json, context: ItemContext): Item {
  if (!isObject(raw)) {
    throw new Problem('invalid_item', `Expected an item {op, frame_id, frame}, got ${describe(raw)}`);
  }
  checkFields(raw, ITEM_FIELDS);
  const op = readOp(raw.op);
  const frame_id = readId(raw.frame_id, 'frame_id');
  const item = readByOp(op, frame_id, raw, readNonFinite(raw.non_finite, context));
  const types = readMetadataTypes(raw.metadata_types);
  if (types !== undefined) item.metadata_types = types;
  if (raw.if_version !== undefined && raw.if_version !== null)
    item.if_version = readCount(raw.if_version, 'if_version');
  return item;
}

function readByOp(op: ItemOp, frame_id: string, raw: JsonObject, context: ItemContext): Item {
  const keepEmbeddings = readOptionalFlag(raw.keep_embeddings, 'keep_embeddings') ?? false;
  if (op !== 'put') refuseField(raw, 'keep_embeddings', op, 'a put');
  if (op !== 'patch') refuseField(raw, 'if_missing', op, 'a patch');
  switch (op) {
    case 'put': {
      const { content, vectors } = readFrame(raw.frame, frame_id, context);
      return { op, frame_id, content, vectors, keep_embeddings: keepEmbeddings };
    }
    case 'patch': {
      const patch = readPatch(raw.frame, frame_id, context);
      return readIfMissing(raw.if_missing)
        ? { op, frame_id, if_missing: 'skip', ...patch }
        : { op, frame_id, ...patch };
    }
    case 'delete':
      refuseField(raw, 'frame', op, 'a put or patch');
      return { op, frame_id };
  }
}

function readOp(value: Json | undefined): ItemOp {
  const op = knownOp(value);
  if (op !== null) return op;
  throw new Problem('invalid_item', `Expected put, patch or delete, got ${describe(value)}`, 'op');
}

function knownOp(value: Json | undefined): ItemOp | null {
  if (value === undefined || value === null) return 'put';
  return value === 'put' || value === 'patch' || value === 'delete' ? value : null;
}

function readIfMissing(value: Json | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (value === 'skip') return true;
  throw new Problem('invalid_value', `Expected "skip", got ${describe(value)}`, 'if_missing');
}

/** `tokens`: NaN and infinities come as bare tokens only, so that the text "NaN" is a text. */
function readNonFinite(value: Json | undefined, context: ItemContext): ItemContext {
  if (value === undefined || value === null) return context;
  if (value === 'tokens') return { ...context, nonFinite: 'keep' };
  throw new Problem('invalid_value', `Expected "tokens", got ${describe(value)}`, 'non_finite');
}

function refuseField(raw: JsonObject, field: string, op: ItemOp, owner: string): void {
  if (raw[field] === undefined || raw[field] === null) return;
  throw new Problem('unknown_field', `Expected no ${quote(field)} in a ${op}; only ${owner} has it`, field);
}

function shownOp(raw: Json): ItemOp | null {
  return isObject(raw) ? knownOp(raw.op) : null;
}

function shownId(raw: Json): string | null {
  if (!isObject(raw)) return null;
  const id = raw.frame_id;
  return typeof id === 'string' && id.length <= MAX_ID_BYTES && id.isWellFormed() ? id : null;
}

function isObject(raw: Json): raw is JsonObject {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
