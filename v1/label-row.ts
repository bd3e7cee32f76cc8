import { readList, readObject } from '../domain/fields';
import { inside, Problem, quote } from '../domain/problem';
import { KEEP } from '../domain/item-vectors';
import type { Json, JsonObject } from '../domain/json';
import { setAttributes } from './attributes-row';
import { storedLink } from './asset-link';
import { embeddingOfRow } from './embedding-row';
import type { RowContext } from './row-context';
import { copyFields } from './row-object';
import { STORED_IN } from './stored-in';

/** The class of masks, which have none (protocol 5.3). */
const MASK = '__mask';

const MASK_TYPES: ReadonlyMap<Json | undefined, string> = new Map<Json | undefined, string>([
  ['SEMANTIC_LABEL_URL_2D', 'SEMANTIC_LABEL_URL_2D'],
  ['SEMANTIC_LABEL_ASSET_2D', 'SEMANTIC_LABEL_URL_2D'],
  ['INSTANCE_LABEL_URL_2D', 'INSTANCE_LABEL_URL_2D'],
  ['INSTANCE_LABEL_ASSET_2D', 'INSTANCE_LABEL_URL_2D'],
]);

/** The labels of a row by what is to become of them in a native item. */
export interface RowLabels {
  whole: JsonObject[];
  changed: JsonObject[];
  deleted: Json[];
}

/** What a row says of its labels beside each of them. */
export interface LabelsOfRow {
  vectors: ReadonlyMap<string, Float32Array>;
  /** The frame's sensor where the row names exactly one: labels that name none stand there. */
  onlySensor?: Json;
  context: RowContext;
}

/** Translates `label_data` or `inference_data` (protocol 5.3, 5.4). */
export function labelsOfRow(value: Json | undefined, part: string, row: LabelsOfRow): RowLabels {
  const labels: RowLabels = { whole: [], changed: [], deleted: [] };
  const raw = readList(value, part);
  for (let i = 0; i < raw.length; i++) {
    try {
      addLabel(labels, readObject(raw[i], ''), row);
    } catch (error) {
      throw ofLabel(inside(error, `${part}[${i}]`), raw[i]!);
    }
  }
  return labels;
}

function addLabel(labels: RowLabels, raw: JsonObject, row: LabelsOfRow): void {
  switch (raw.change ?? 'ADD') {
    case 'ADD':
      labels.whole.push(labelOfRow(raw, row, false));
      return;
    case 'MODIFY':
      labels.changed.push(labelOfRow(raw, row, true));
      return;
    case 'DELETE':
      labels.deleted.push(raw.uuid ?? null);
      return;
    default:
      throw new Problem('invalid_value', 'Expected ADD, MODIFY or DELETE', 'change');
  }
}

function labelOfRow(raw: JsonObject, { vectors, onlySensor, context }: LabelsOfRow, isChange: boolean): JsonObject {
  const label: JsonObject = {};
  if (raw.uuid !== undefined) label.label_id = raw.uuid;
  if (raw.label_type !== undefined) label.type = raw.label_type;
  if (isClass(raw.label, isChange)) label.class = raw.label!;
  setPlace(label, raw, isChange ? null : (onlySensor ?? null));
  setAttributes(label, raw.attributes, isChange);
  if (MASK_TYPES.has(raw.label_type)) setMaskLink(label, context);
  setLinkedLabels(label, raw.linked_labels);
  const vector = typeof raw.uuid === 'string' ? vectors.get(raw.uuid) : undefined;
  const embedding = embeddingOfRow(raw.reuse_latest_embedding, vector, context.label_model, 'reuse_latest_embedding');
  // What a change does not name stays.
  if (embedding !== undefined && !(isChange && embedding === KEEP)) label.embedding = embedding;
  return label;
}

/** Where the label stands: as it was read, else where the row says, else on the only sensor. */
function setPlace(label: JsonObject, raw: JsonObject, onlySensor: Json): void {
  if (raw[STORED_IN] !== undefined) {
    copyFields(readObject(raw[STORED_IN], STORED_IN), label, ['sensor_id', 'coordinate_frame_id']);
    return;
  }
  const place = raw.label_coordinate_frame ?? onlySensor;
  if (place !== null) label[isInCoordinateFrame(raw) ? 'coordinate_frame_id' : 'sensor_id'] = place;
}

/** Version 0.0.67 sends an empty class for an instance of which it changes something else. */
function isClass(value: Json | undefined, isChange: boolean): boolean {
  return value !== undefined && value !== null && value !== MASK && !(isChange && value === '');
}

/** Version 1 of the client puts 3D classifications on a sensor, the earlier ones, which know linked labels, do not. */
function isInCoordinateFrame({ label_type, linked_labels }: JsonObject): boolean {
  return label_type === 'CUBOID_3D' || (label_type === 'CLASSIFICATION_3D' && linked_labels !== undefined);
}

/** A mask is stored by its link; one that came as an asset lies where its file was taken apart to. */
function setMaskLink(label: JsonObject, { masks, publicUrl }: RowContext): void {
  const { geometry, type } = label;
  label.type = MASK_TYPES.get(type)!;
  if (typeof geometry !== 'object' || geometry === null || Array.isArray(geometry)) return;
  if (typeof geometry.url === 'string') geometry.url = storedLink(geometry.url, publicUrl);
  if (type === label.type) return;
  const { asset_uuid, ...rest } = geometry;
  const link = typeof asset_uuid === 'string' ? masks?.get(asset_uuid) : undefined;
  if (link === undefined) {
    const wanted = typeof asset_uuid === 'string' ? quote(asset_uuid) : 'that its asset_uuid should name';
    const message = `Expected the mask ${wanted} in the upload's asset files, but none of them has it`;
    throw new Problem('invalid_value', message, 'attributes.asset_uuid');
  }
  label.geometry = { url: storedLink(link, publicUrl), ...rest };
}

function setLinkedLabels(label: JsonObject, linked: Json | undefined): void {
  if (!Array.isArray(linked) || linked.length === 0) return;
  label.links = { ...(label.links as JsonObject | undefined), linked_labels: linked };
}

function ofLabel(error: unknown, raw: Json): unknown {
  const isObject = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  if (error instanceof Problem && isObject && typeof raw.uuid === 'string') error.label_id = raw.uuid;
  return error;
}
