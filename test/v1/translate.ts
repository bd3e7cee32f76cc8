import type { FrameVectors } from '../../domain/frame';
import type { ItemFailure } from '../../domain/item';
import type { Item } from '../../domain/item';
import type { Json, JsonObject } from '../../domain/json';
import { readItem } from '../../domain/read-item';
import { parseLine } from '../../activities/commit/parse-line';
import { itemOfRow, lineOfRow } from '../../v1/item-of-row';
import type { RowContext } from '../../v1/row-context';
import { sha256 } from '../support/sha256';

export const PUBLIC_URL = 'https://vivarium.example';
export const FRAMES: RowContext = { rows: 'frames', publicUrl: PUBLIC_URL };
export const INFERENCES: RowContext = { rows: 'inferences', publicUrl: PUBLIC_URL };
export const NO_VECTORS: FrameVectors = { labels: new Map() };
export const CLASSES = ['cat', 'dog'];

export interface Beside {
  crops?: JsonObject;
  vectors?: FrameVectors;
  context?: RowContext;
}

/** The native item of a row, which must be translatable. */
export function itemOf(row: Json, { crops, vectors = NO_VECTORS, context = FRAMES }: Beside = {}): JsonObject {
  const translated = itemOfRow(row, crops, vectors, context);
  if ('item' in translated) return translated.item;
  throw new Error(`Expected an item, got ${JSON.stringify(translated)}`);
}

/** Why a row has no native item. */
export function failureOf(row: Json, { crops, vectors = NO_VECTORS, context = FRAMES }: Beside = {}): ItemFailure {
  const translated = itemOfRow(row, crops, vectors, context);
  if ('failure' in translated) return translated.failure;
  throw new Error(`Expected a failure, got ${JSON.stringify(translated)}`);
}

/** The item as a worker reads it from the staged line, or why it FAILED there. */
export function readBack(
  row: Json,
  { crops, vectors = NO_VECTORS, context = FRAMES }: Beside = {},
): Item | ItemFailure {
  const translated = lineOfRow(row, crops, vectors, context);
  if ('failure' in translated) return translated.failure;
  const parsed = parseLine(translated.line);
  if (!parsed.ok) return parsed.failure;
  const read = readItem(parsed.value, { classes: new Set(CLASSES), digest: sha256 });
  return read.ok ? read.item : read.failure;
}
