import { checkFields, readObject } from './fields';
import { inside, Problem, quote } from './problem';
import { readCoordinateFrames } from './read-coordinate-frame';
import { readFrameEmbedding } from './item-vectors';
import { readFreeObject } from './free-json';
import { readLabels } from './read-label';
import { readMetadata } from './read-metadata';
import { readNumber } from './numbers';
import { readOptionalText } from './text';
import { readSensors } from './read-sensor';
import type { FrameContent } from './frame';
import type { ItemContext } from './item-context';
import type { ItemVectors } from './item-vectors';
import type { Json, JsonObject } from './json';

/** The fields that a writer may give a frame. */
export const FRAME_FIELDS: ReadonlySet<string> = new Set([
  'frame_id',
  'date_captured',
  'device_id',
  'sensor_data',
  'coordinate_frames',
  'geo',
  'metadata',
  'custom_metrics',
  'embedding',
  'labels',
]);

const GEO_FIELDS: ReadonlySet<string> = new Set(['lat', 'lon']);

/** The parts of a frame that a patch replaces whole, each in normal form; an absent, null or empty part is undefined. */
export function readPart<K extends ReplacedPart>(
  part: K,
  raw: JsonObject,
  context: ItemContext,
  vectors: ItemVectors,
): FrameContent[K] {
  return PARTS[part](raw[part], context, vectors) as FrameContent[K];
}

export type ReplacedPart = Exclude<keyof FrameContent, 'metadata' | 'labels'>;

type ReadPart<K extends ReplacedPart> = (
  value: Json | undefined,
  context: ItemContext,
  vectors: ItemVectors,
) => FrameContent[K];

const PARTS: { [K in ReplacedPart]: ReadPart<K> } = {
  date_captured: (value) => readOptionalText(value, 'date_captured'),
  device_id: (value) => readOptionalText(value, 'device_id'),
  sensor_data: readSensors,
  coordinate_frames: readCoordinateFrames,
  geo: readGeo,
  custom_metrics: (value, context) => readFreeObject(value, 'custom_metrics', context.nonFinite ?? 'named'),
  embedding: readFrameEmbedding,
};

/** The names of the replaced parts, in the order of normal form. */
export const REPLACED_PARTS = Object.keys(PARTS) as ReplacedPart[];

/** A whole frame in normal form, with the vectors it brings. */
export function readFrame(
  value: Json | undefined,
  frame_id: string,
  context: ItemContext,
): { content: FrameContent; vectors: ItemVectors } {
  const raw = readFrameObject(value, frame_id);
  const vectors: ItemVectors = { labels: new Map() };
  const content: FrameContent = {};
  const dateCaptured = readOptionalText(raw.date_captured, 'date_captured');
  if (dateCaptured !== undefined) content.date_captured = dateCaptured;
  const deviceId = readOptionalText(raw.device_id, 'device_id');
  if (deviceId !== undefined) content.device_id = deviceId;
  const sensors = readSensors(raw.sensor_data);
  if (sensors !== undefined) content.sensor_data = sensors;
  const coordinateFrames = readCoordinateFrames(raw.coordinate_frames);
  if (coordinateFrames !== undefined) content.coordinate_frames = coordinateFrames;
  const geo = readGeo(raw.geo);
  if (geo !== undefined) content.geo = geo;
  const metadata = readMetadata(raw.metadata);
  if (metadata !== undefined) content.metadata = metadata;
  const customMetrics = PARTS.custom_metrics(raw.custom_metrics, context, vectors);
  if (customMetrics !== undefined) content.custom_metrics = customMetrics;
  const embedding = PARTS.embedding(raw.embedding, context, vectors);
  if (embedding !== undefined) content.embedding = embedding;
  const labels = readLabels(raw.labels, 'labels', context, vectors);
  if (labels.length > 0) content.labels = labels;
  return { content, vectors };
}

/** The object under `frame`, its field names and id checked. */
export function readFrameObject(value: Json | undefined, frame_id: string): JsonObject {
  const raw = readObject(value, 'frame');
  checkFields(raw, FRAME_FIELDS);
  if (raw.frame_id !== undefined && raw.frame_id !== null && raw.frame_id !== frame_id) {
    const given = typeof raw.frame_id === 'string' ? quote(raw.frame_id) : 'another value';
    throw new Problem('invalid_id', `Expected the item's frame_id ${quote(frame_id)}, got ${given}`, 'frame_id');
  }
  return raw;
}

function readGeo(value: Json | undefined): { lat: number; lon: number } | undefined {
  if (value === undefined || value === null) return undefined;
  const raw = readObject(value, 'geo');
  try {
    checkFields(raw, GEO_FIELDS);
    return {
      lat: readNumber(raw.lat, 'lat', 'number of degrees'),
      lon: readNumber(raw.lon, 'lon', 'number of degrees'),
    };
  } catch (error) {
    throw inside(error, 'geo');
  }
}
