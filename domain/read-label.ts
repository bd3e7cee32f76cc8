import { checkFields, readList, readObject, readOptionalFlag } from './fields';
import { compareUtf8, readId, readOptionalId } from './ids';
import { describe, inside, Problem, quote } from './problem';
import { LABEL_TYPES } from './frame';
import { readFreeObject } from './free-json';
import { readGeometry } from './geometry';
import { readLabelEmbedding } from './item-vectors';
import { readNumber } from './numbers';
import type { EmbeddingReference, Label, LabelType } from './frame';
import type { ItemContext } from './item-context';
import type { ItemVectors } from './item-vectors';
import type { Json, JsonObject } from './json';

/** The fields that a writer may give a label. */
export const LABEL_FIELDS: ReadonlySet<string> = new Set([
  'label_id',
  'type',
  'class',
  'geometry',
  'sensor_id',
  'coordinate_frame_id',
  'confidence',
  'iscrowd',
  'secondary',
  'links',
  'metadata',
  'embedding',
]);

const TYPES: ReadonlySet<string> = new Set(LABEL_TYPES);

/** Masks paint many classes at once, so they have no class of their own. */
const WITHOUT_CLASS: ReadonlySet<LabelType> = new Set([
  'SEMANTIC_LABEL_URL_2D',
  'SEMANTIC_LABEL_ASSET_2D',
  'INSTANCE_LABEL_URL_2D',
  'INSTANCE_LABEL_ASSET_2D',
]);

/** A label's parts, each checked on its own; `geometry` is checked with the type by `assembleLabel`. */
export interface LabelParts {
  label_id: string;
  type: LabelType;
  class: string | undefined;
  geometry: Json | undefined;
  sensor_id: string | undefined;
  coordinate_frame_id: string | undefined;
  confidence: number | undefined;
  iscrowd: boolean | undefined;
  secondary: JsonObject | undefined;
  links: JsonObject | undefined;
  metadata: JsonObject | undefined;
  embedding: EmbeddingReference | undefined;
}

/** Whole labels in byte order of `label_id`; their vectors go into `vectors`. */
export function readLabels(value: Json | undefined, path: string, context: ItemContext, vectors: ItemVectors): Label[] {
  const raw = readList(value, path);
  const labels: Label[] = [];
  let sorted = true;
  for (let i = 0; i < raw.length; i++) {
    try {
      const label = readLabel(raw[i], context, vectors);
      if (i > 0 && compareUtf8(labels[i - 1]!.label_id, label.label_id) >= 0) sorted = false;
      labels.push(label);
    } catch (error) {
      throw inside(error, `${path}[${i}]`);
    }
  }
  if (sorted) return labels;
  refuseDuplicates(labels, path);
  return labels.sort((a, b) => compareUtf8(a.label_id, b.label_id));
}

function refuseDuplicates(labels: Label[], path: string): void {
  const first = new Map<string, number>();
  labels.forEach(({ label_id }, index) => {
    const before = first.get(label_id);
    if (before !== undefined) {
      const problem = new Problem(
        'duplicate_label_id',
        `Label id ${quote(label_id)} is used twice, first in ${path}[${before}]; give each label of a frame its own id`,
        `${path}[${index}].label_id`,
      );
      problem.label_id = label_id;
      throw problem;
    }
    first.set(label_id, index);
  });
}

/** One whole label in normal form; its vector goes into `vectors`. */
export function readLabel(value: Json | undefined, context: ItemContext, vectors: ItemVectors): Label {
  const raw = readObject(value, '');
  const label_id = readId(raw.label_id, 'label_id');
  try {
    checkFields(raw, LABEL_FIELDS);
    return assembleLabel({
      label_id,
      type: readLabelType(raw.type),
      class: readLabelClass(raw.class, context.classes),
      geometry: raw.geometry,
      sensor_id: readOptionalId(raw.sensor_id, 'sensor_id'),
      coordinate_frame_id: readOptionalId(raw.coordinate_frame_id, 'coordinate_frame_id'),
      confidence: readConfidence(raw.confidence),
      iscrowd: readOptionalFlag(raw.iscrowd, 'iscrowd'),
      secondary: readFreeObject(raw.secondary, 'secondary', 'refuse'),
      links: readFreeObject(raw.links, 'links', 'refuse'),
      metadata: readFreeObject(raw.metadata, 'metadata', context.nonFinite ?? 'named'),
      embedding: readLabelEmbedding(raw.embedding, label_id, context, vectors),
    });
  } catch (error) {
    throw ofLabel(error, label_id);
  }
}

/** Names the label that a problem is about. */
export function ofLabel(error: unknown, label_id: string): unknown {
  if (error instanceof Problem) error.label_id = label_id;
  return error;
}

/** Checks what the parts must be to each other and builds the label in normal form. */
export function assembleLabel(parts: LabelParts): Label {
  const { label_id, type, class: name } = parts;
  if (WITHOUT_CLASS.has(type) !== (name === undefined)) throw wrongClass(type, name);
  const geometry = readGeometry(type, parts.geometry);
  const label: Label = name === undefined ? { label_id, type, geometry } : { label_id, type, class: name, geometry };
  if (parts.sensor_id !== undefined) label.sensor_id = parts.sensor_id;
  if (parts.coordinate_frame_id !== undefined) label.coordinate_frame_id = parts.coordinate_frame_id;
  if (parts.confidence !== undefined) label.confidence = parts.confidence;
  if (parts.iscrowd !== undefined) label.iscrowd = parts.iscrowd;
  if (parts.secondary !== undefined) label.secondary = parts.secondary;
  if (parts.links !== undefined) label.links = parts.links;
  if (parts.metadata !== undefined) label.metadata = parts.metadata;
  if (parts.embedding !== undefined) label.embedding = parts.embedding;
  return label;
}

function wrongClass(type: LabelType, name: string | undefined): Problem {
  return name === undefined
    ? new Problem('missing_field', `Expected a class on a label of type ${type}, got nothing`, 'class')
    : new Problem('invalid_value', `Expected no class on a label of type ${type}, got ${quote(name)}`, 'class');
}

/** The type of a label's geometry. */
export function readLabelType(value: Json | undefined): LabelType {
  if (typeof value === 'string' && TYPES.has(value)) return value as LabelType;
  const expected = `Expected a label type (${LABEL_TYPES.join(', ')})`;
  const code = value === undefined || value === null ? 'missing_field' : 'invalid_value';
  throw new Problem(code, `${expected}, got ${describe(value)}`, 'type');
}

/** The name of a class in the project's map, or undefined when absent. */
export function readLabelClass(value: Json | undefined, classes: ReadonlySet<string>): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') {
    if (classes.has(value)) return value;
    throw new Problem(
      'unknown_class',
      `Expected a class of the project (${listClasses(classes)}), got ${quote(value)}; add the class to the project or mend the label`,
      'class',
    );
  }
  throw new Problem('invalid_value', `Expected the name of a class, got ${describe(value)}`, 'class');
}

const CLASSES_SHOWN = 20;

function listClasses(classes: ReadonlySet<string>): string {
  const names = [...classes];
  if (names.length === 0) return 'it has none';
  const shown = names.slice(0, CLASSES_SHOWN).join(', ');
  return names.length > CLASSES_SHOWN ? `${shown} and ${names.length - CLASSES_SHOWN} more` : shown;
}

/** A confidence from 0 to 1, or undefined when absent. */
export function readConfidence(value: Json | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  const confidence = readNumber(value, 'confidence', 'number from 0 to 1');
  if (confidence >= 0 && confidence <= 1) return confidence;
  throw new Problem('invalid_number', `Expected a number from 0 to 1, got ${confidence}`, 'confidence');
}
