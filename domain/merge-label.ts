import { assembleLabel, LABEL_FIELDS, ofLabel, readConfidence, readLabelClass, readLabelType } from './read-label';
import { checkFields, readObject, readOptionalFlag } from './fields';
import { Problem } from './problem';
import { KEEP, readLabelEmbedding } from './item-vectors';
import { readFreeObject, sortedKeys } from './free-json';
import { readId, readOptionalId } from './ids';
import type { EmbeddingReference, Label } from './frame';
import type { ItemContext } from './item-context';
import type { ItemVectors } from './item-vectors';
import type { Json, JsonObject } from './json';
import type { LabelMerge } from './item';

/**
 * Reads the changed fields of a label. Each named field is checked on its own now; how it goes with the fields that
 * stay is checked by `mergeLabel`. Its vector goes into `vectors`.
 */
export function readLabelMerge(value: Json | undefined, context: ItemContext, vectors: ItemVectors): LabelMerge {
  const raw = readObject(value, '');
  const label_id = readId(raw.label_id, 'label_id');
  try {
    checkFields(raw, LABEL_FIELDS);
    const fields: JsonObject = {};
    for (const key in raw) {
      if (key === 'label_id' || (key === 'embedding' && raw[key] === KEEP)) continue;
      fields[key] = raw[key] === null ? null : readChange(key, raw[key]!, label_id, context, vectors);
    }
    return { label_id, fields };
  } catch (error) {
    throw ofLabel(error, label_id);
  }
}

function readChange(key: string, value: Json, label_id: string, context: ItemContext, vectors: ItemVectors): Json {
  switch (key) {
    case 'type':
      return readLabelType(value);
    case 'class':
      return readLabelClass(value, context.classes)!;
    case 'confidence':
      return readConfidence(value)!;
    case 'iscrowd':
      return readOptionalFlag(value, key)!;
    case 'sensor_id':
    case 'coordinate_frame_id':
      return readOptionalId(value, key)!;
    case 'embedding':
      return { ...readLabelEmbedding(value, label_id, context, vectors)! };
    case 'metadata':
      return readFreeObject(value, key, context.nonFinite ?? 'named') ?? {};
    default:
      return readFreeObject(value, key, 'refuse') ?? {};
  }
}

/**
 * The label after a merge: named fields replaced, `geometry`, `metadata`, `secondary` and `links` merged one level
 * deep, null removes. A change of type takes no geometry over. Throws a Problem when the whole breaks a rule.
 */
export function mergeLabel(current: Label, { label_id, fields }: LabelMerge): Label {
  const sameType = !('type' in fields) || fields.type === current.type;
  try {
    if (fields.type === null) throw new Problem('missing_field', 'Expected a label type, got null', 'type');
    return assembleLabel({
      label_id,
      type: sameType ? current.type : (fields.type as Label['type']),
      class: changed(fields, 'class', current.class),
      geometry: mergeObject(sameType ? current.geometry : undefined, fields.geometry),
      sensor_id: changed(fields, 'sensor_id', current.sensor_id),
      coordinate_frame_id: changed(fields, 'coordinate_frame_id', current.coordinate_frame_id),
      confidence: changed(fields, 'confidence', current.confidence),
      iscrowd: changed(fields, 'iscrowd', current.iscrowd),
      secondary: mergeObject(current.secondary, fields.secondary),
      links: mergeObject(current.links, fields.links),
      metadata: mergeObject(current.metadata, fields.metadata),
      embedding: changed<EmbeddingReference>(fields, 'embedding', current.embedding),
    });
  } catch (error) {
    throw ofLabel(error, label_id);
  }
}

function changed<T>(fields: JsonObject, key: string, current: T | undefined): T | undefined {
  const value = fields[key];
  if (value === undefined) return current;
  return value === null ? undefined : (value as T);
}

/** Undefined when nothing remains. */
function mergeObject(current: JsonObject | undefined, change: Json | undefined): JsonObject | undefined {
  if (change === undefined) return current;
  if (change === null) return undefined;
  const merged: JsonObject = { ...current, ...(change as JsonObject) };
  const sorted: JsonObject = {};
  let empty = true;
  for (const key of sortedKeys(merged)) {
    if (merged[key] === null && (change as JsonObject)[key] === null) continue;
    sorted[key] = merged[key]!;
    empty = false;
  }
  return empty ? undefined : sorted;
}
