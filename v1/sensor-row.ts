import { describe, inside, Problem } from '../domain/problem';
import { readList, readObject } from '../domain/fields';
import type { SensorType } from '../domain/frame';
import type { Json, JsonObject } from '../domain/json';
import { storedLink } from './asset-link';
import { FreeNames } from './free-names';
import { ABSENT_SENSOR_URL } from './label-places';
import { copyFields, hasFields, setField } from './row-object';

/** Sensor types by the client's names (protocol 5.5); point clouds in PCD have one for writing and one for reading. */
const TYPES: ReadonlyMap<Json | undefined, SensorType> = new Map<Json | undefined, SensorType>([
  ['IMAGE_V0', 'IMAGE'],
  ['IMAGE_OVERLAY_V0', 'IMAGE_OVERLAY'],
  ['TEXT', 'TEXT'],
  ['POINTCLOUD_PCD_V0', 'POINTCLOUD_PCD'],
  ['POINT_CLOUD_PCD', 'POINTCLOUD_PCD'],
  ['POINTCLOUD_V0', 'POINTCLOUD'],
  ['OBJ_V0', 'OBJ'],
  ['AUDIO_V0', 'AUDIO'],
  ['VIDEO_V0', 'VIDEO'],
]);

const SAME_NAME = ['sensor_id', 'coordinate_frame', 'date_captured', 'mirror_asset'] as const;

/**
 * The native sensors of a row's `sensor_data`, without those that reading made up. The old client calls an image and its
 * overlay the same unless told otherwise; a name that is taken gets a number, and labels stand on the first of the name.
 */
export function sensorsOfRow(value: Json | undefined, publicUrl: string): JsonObject[] {
  const sensors: JsonObject[] = [];
  const names = new FreeNames();
  readList(value, 'sensor_data').forEach((entry, index) => {
    try {
      const raw = readObject(entry, '');
      if (isAbsent(raw)) return;
      const sensor = sensorOfRow(raw, publicUrl);
      if (typeof sensor.sensor_id === 'string') sensor.sensor_id = names.take(sensor.sensor_id);
      sensors.push(sensor);
    } catch (error) {
      throw inside(error, `sensor_data[${index}]`);
    }
  });
  return sensors;
}

/** A frame without its sensor is read with one that leads nowhere; uploaded again it means none. */
function isAbsent({ data_urls }: JsonObject): boolean {
  return (
    typeof data_urls === 'object' &&
    data_urls !== null &&
    !Array.isArray(data_urls) &&
    data_urls.image_url === ABSENT_SENSOR_URL
  );
}

function sensorOfRow(raw: JsonObject, publicUrl: string): JsonObject {
  const type = TYPES.get(raw.sensor_type);
  if (type === undefined) {
    const message = `Expected a sensor type (${[...TYPES.keys()].join(', ')}), got ${describe(raw.sensor_type)}`;
    throw new Problem('invalid_value', message, 'sensor_type');
  }
  const sensor: JsonObject = { type, urls: urlsOf(raw.data_urls, type, publicUrl) };
  copyFields(raw, sensor, SAME_NAME);
  // Old clients leave it out of texts, but send back what reading filled in.
  if (type === 'TEXT' && sensor.mirror_asset === false) delete sensor.mirror_asset;
  if (raw.sensor_metadata !== undefined && raw.sensor_metadata !== null) {
    setMetadata(sensor, readObject(raw.sensor_metadata, 'sensor_metadata'));
  }
  return sensor;
}

function urlsOf(value: Json | undefined, type: SensorType, publicUrl: string): JsonObject {
  const raw = readObject(value, 'data_urls');
  // A text is no link, whatever it begins with.
  if (type === 'TEXT') return raw;
  const urls: JsonObject = {};
  for (const key in raw) {
    const url = raw[key]!;
    setField(urls, key, typeof url === 'string' ? storedLink(url, publicUrl) : url);
  }
  return urls;
}

/** Width and height are a sensor's own fields, in pixels; what else the client says is metadata. */
function setMetadata(sensor: JsonObject, raw: JsonObject): void {
  const metadata: JsonObject = {};
  for (const key in raw) {
    const value = raw[key]!;
    if (key !== 'width' && key !== 'height') setField(metadata, key, value);
    else if (value !== null) sensor[key] = value;
  }
  if (hasFields(metadata)) sensor.metadata = metadata;
}
