import { CLASSES } from './arbitraries';
import { readItem } from '../../domain/read-item';
import { sha256 } from './sha256';
import type { Item, ItemFailure, PatchItem, PutItem } from '../../domain/item';
import type { ItemContext } from '../../domain/read-item';
import type { Json } from '../../domain/json';

export const context: ItemContext = { classes: new Set(CLASSES), digest: sha256 };

/** Reads an item that must be good. */
export function good(raw: Json): Item {
  const read = readItem(raw, context);
  if (read.ok) return read.item;
  throw new Error(`Expected a good item, got ${JSON.stringify(read.failure)}`);
}

/** Reads an item that must fail, and says why it did. */
export function failureOf(raw: Json): ItemFailure {
  const read = readItem(raw, context);
  if (!read.ok) return read.failure;
  throw new Error('Expected a failure, got a good item');
}

export function put(frame_id: string, frame: Json, more: Record<string, Json> = {}): PutItem {
  return good({ op: 'put', frame_id, frame, ...more }) as PutItem;
}

export function patch(frame_id: string, frame: Json, more: Record<string, Json> = {}): PatchItem {
  return good({ op: 'patch', frame_id, frame, ...more }) as PatchItem;
}
