import { describe, Problem } from '../domain/problem';
import { readList, readObject } from '../domain/fields';
import { KEEP } from '../domain/item-vectors';
import type { FrameVectors } from '../domain/frame';
import type { Json, JsonObject } from '../domain/json';
import { coordinateFramesOfRow } from './coordinate-frame-row';
import { embeddingOfRow } from './embedding-row';
import { labelsOfRow, type RowLabels } from './label-row';
import { metadataOfRow, metadataTypesOfRow, userKeys } from './metadata-row';
import type { RowContext } from './row-context';
import { hasFields } from './row-object';
import { sensorsOfRow } from './sensor-row';
import { isUserKey } from './user-key';

/** A frame row with the label row that belongs to it; the labels may stand in the frame row itself. */
export interface FrameRow {
  frame_id: string;
  row: JsonObject;
  crops: JsonObject | undefined;
  vectors: FrameVectors;
  context: RowContext;
}

/** `change: "ADD"`: the row is the whole frame (protocol 7.1). */
export function putOfRow({ frame_id, row, crops, vectors, context }: FrameRow): JsonObject {
  const frame: JsonObject = {};
  for (const [key, part] of PARTS) {
    const value = part.of(row[key], context);
    if (value !== null) frame[part.name] = value;
  }
  const keys = userKeys(row);
  if (keys.length > 0) frame.metadata = metadataOfRow(row, keys);
  const embedding = frameEmbedding(row, vectors, context);
  if (embedding !== undefined) frame.embedding = embedding;
  const { whole, changed } = rowLabels(row, crops, vectors, context);
  if (whole.length + changed.length > 0) frame.labels = changed.length === 0 ? whole : [...whole, ...changed];
  return withTypes({ op: 'put', frame_id, frame, non_finite: 'tokens' }, row, keys);
}

/**
 * `change: "MODIFY"`: only what `explicitly_set_keys` lists is meant, and of the labels those that are there (protocol
 * 7.3). An absent frame or label is no failure.
 */
export function patchOfRow({ frame_id, row, crops, vectors, context }: FrameRow): JsonObject {
  const named = explicitKeys(row);
  const frame: JsonObject = {};
  for (const [key, part] of PARTS) if (named.has(key)) frame[part.name] = part.of(row[key], context);
  const keys = [...named].filter(isUserKey);
  if (keys.length > 0) frame.metadata = metadataOfRow(row, keys);
  const embedding = frameEmbedding(row, vectors, context);
  if (embedding !== undefined && embedding !== KEEP) frame.embedding = embedding;
  const labels = rowLabels(row, crops, vectors, context);
  const changes: JsonObject = {};
  if (labels.whole.length > 0) changes.upsert = labels.whole;
  if (labels.changed.length > 0) changes.merge = labels.changed;
  if (labels.deleted.length > 0) changes.delete = labels.deleted;
  if (hasFields(changes)) frame.labels = changes;
  return withTypes({ op: 'patch', if_missing: 'skip', frame_id, frame, non_finite: 'tokens' }, row, keys);
}

interface Part {
  name: string;
  /** Null when there is nothing. */
  of: (value: Json | undefined, context: RowContext) => Json;
}

/** The parts of a frame by their keys in a row. */
const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  ['date_captured', { name: 'date_captured', of: (value) => value ?? null }],
  ['device_id', { name: 'device_id', of: (value) => value ?? null }],
  ['sensor_data', { name: 'sensor_data', of: (value, { publicUrl }) => listOrNull(sensorsOfRow(value, publicUrl)) }],
  ['coordinate_frames', { name: 'coordinate_frames', of: (value) => listOrNull(coordinateFramesOfRow(value)) }],
  ['geo_data', { name: 'geo', of: geoOfRow }],
]);

function listOrNull(list: JsonObject[]): Json {
  return list.length === 0 ? null : list;
}

/** An object as the client uploads it; as it reads it, the same as JSON text. */
function geoOfRow(value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  const raw = readObject(typeof value === 'string' ? parseText(value) : value, 'geo_data');
  if (!hasFields(raw)) return null;
  const { geo_EPSG4326_lat: lat = null, geo_EPSG4326_lon: lon = null } = raw;
  return { lat, lon };
}

function parseText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Problem('invalid_value', `Expected an object, got ${describe(text)}`, 'geo_data');
  }
}

function explicitKeys(row: JsonObject): ReadonlySet<string> {
  const path = 'explicitly_set_keys';
  if (row[path] === undefined) {
    throw new Problem('missing_field', `Expected ${path} in a row with the change MODIFY, got nothing`, path);
  }
  return new Set(readList(row[path], path).filter((key) => typeof key === 'string'));
}

function frameEmbedding(row: JsonObject, vectors: FrameVectors, context: RowContext): Json | undefined {
  return embeddingOfRow(row.reuse_latest_embedding, vectors.frame, context.frame_model, 'reuse_latest_embedding');
}

function rowLabels(
  row: JsonObject,
  crops: JsonObject | undefined,
  { labels: vectors }: FrameVectors,
  context: RowContext,
): RowLabels {
  const onlySensor = onlySensorOf(row.sensor_data);
  return labelsOfRow((crops ?? row).label_data, 'label_data', { vectors, onlySensor, context });
}

function onlySensorOf(value: Json | undefined): Json | undefined {
  const sensors = readList(value, 'sensor_data');
  return sensors.length === 1 ? readObject(sensors[0], 'sensor_data[0]').sensor_id : undefined;
}

function withTypes(item: JsonObject, row: JsonObject, keys: readonly string[]): JsonObject {
  const types = metadataTypesOfRow(row, keys);
  if (types !== undefined) item.metadata_types = types;
  return item;
}
