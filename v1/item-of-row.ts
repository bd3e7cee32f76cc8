import { describe, Problem } from '../domain/problem';
import { readId } from '../domain/ids';
import { readObject } from '../domain/fields';
import { MAX_NESTING } from '../domain/free-json';
import type { FrameVectors } from '../domain/frame';
import type { ItemFailure } from '../domain/item';
import type { Json, JsonObject } from '../domain/json';
import { patchOfRow, putOfRow } from './frame-row';
import { inferencesOfRow } from './inference-row';
import { jsonText } from './json-text';
import type { RowContext, TranslatedRow } from './row-context';

/**
 * The native item that a row of an uploaded file stands for (protocol 5, 7).
 * @param crops the row of the label file, where labels do not stand in the row itself
 * @param vectors those found for the frame and its labels
 */
export function itemOfRow(
  row: Json,
  crops: JsonObject | undefined,
  vectors: FrameVectors,
  context: RowContext,
): TranslatedRow {
  return guarded(row, () => ({ item: translate(row, crops, vectors, context) }));
}

/** The same as the line to stage. */
export function lineOfRow(
  row: Json,
  crops: JsonObject | undefined,
  vectors: FrameVectors,
  context: RowContext,
): { line: string; frame_id: string } | Exclude<TranslatedRow, { item: JsonObject }> {
  return guarded(row, () => {
    const item = translate(row, crops, vectors, context);
    return { line: jsonText(item), frame_id: item.frame_id as string };
  });
}

function guarded<T>(row: Json, translated: () => T): T | Exclude<TranslatedRow, { item: JsonObject }> {
  try {
    return translated();
  } catch (error) {
    if (error instanceof Problem) return { failure: error.toFailure(), frame_id: shownId(row) };
    // The stack ends only in values that are nested many times deeper than items may be.
    if (error instanceof RangeError) return { failure: TOO_DEEP, frame_id: shownId(row) };
    throw error;
  }
}

const TOO_DEEP: ItemFailure = {
  code: 'invalid_value',
  message: `Expected at most ${MAX_NESTING} levels of nesting, got thousands`,
};

function translate(value: Json, crops: JsonObject | undefined, vectors: FrameVectors, context: RowContext): JsonObject {
  const row = readObject(value, '');
  const frame_id = readId(row.task_id, 'task_id');
  const change = row.change ?? 'ADD';
  if (change === 'DELETE') return { op: 'delete', frame_id };
  if (change === 'ADD' && context.rows === 'inferences') return inferencesOfRow(frame_id, row, vectors, context);
  if (change === 'ADD') return putOfRow({ frame_id, row, crops, vectors, context });
  if (change === 'MODIFY' && context.rows === 'frames') return patchOfRow({ frame_id, row, crops, vectors, context });
  const expected = context.rows === 'frames' ? 'ADD, MODIFY or DELETE' : 'ADD or DELETE';
  throw new Problem('invalid_value', `Expected the change ${expected}, got ${describe(change)}`, 'change');
}

/** The frame that a broken row is about, as far as it can be told. */
function shownId(row: Json): string | null {
  try {
    return readId(readObject(row, '').task_id, 'task_id');
  } catch {
    return null;
  }
}
