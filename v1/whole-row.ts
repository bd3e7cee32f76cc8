import type { Json, JsonObject } from '../domain/json';

/**
 * A row that changes a frame as one that is the frame, with what it says by itself: the labels that it brings whole. Of
 * labels that it changes nobody can tell here what they would be.
 */
export function wholeRow(row: JsonObject): JsonObject {
  if (row.change !== 'MODIFY') return row;
  const { label_data: labels } = row;
  return { ...row, change: 'ADD', ...(Array.isArray(labels) && { label_data: labels.filter(isWhole) }) };
}

function isWhole(label: Json): boolean {
  return typeof label !== 'object' || label === null || Array.isArray(label) || (label.change ?? 'ADD') === 'ADD';
}
