import { checkFields, readList, readObject, readOptionalFlag } from './fields';
import { describe, inside, Problem, quote } from './problem';
import { readFreeObject } from './free-json';
import { readId, readOptionalId } from './ids';
import { readOptionalText, readText } from './text';
import { readSize } from './numbers';
import { SENSOR_TYPES } from './frame';
import { SENSOR_URLS } from './sensor-urls';
import type { Json, JsonObject } from './json';
import type { Sensor, SensorType } from './frame';

const SENSOR_FIELDS: ReadonlySet<string> = new Set([
  'sensor_id',
  'type',
  'url',
  'urls',
  'width',
  'height',
  'metadata',
  'coordinate_frame',
  'date_captured',
  'mirror_asset',
]);

const TYPES: ReadonlySet<string> = new Set(SENSOR_TYPES);

/** The frame's sensors in the order given; undefined when there are none. */
export function readSensors(value: Json | undefined): Sensor[] | undefined {
  const raw = readList(value, 'sensor_data');
  if (raw.length === 0) return undefined;
  const sensors: Sensor[] = [];
  const ids = new Set<string>();
  for (let i = 0; i < raw.length; i++) {
    try {
      const sensor = readSensor(raw[i]);
      if (ids.has(sensor.sensor_id)) {
        throw new Problem('invalid_id', `Sensor id ${quote(sensor.sensor_id)} is used twice in the frame`, 'sensor_id');
      }
      ids.add(sensor.sensor_id);
      sensors.push(sensor);
    } catch (error) {
      throw inside(error, `sensor_data[${i}]`);
    }
  }
  return sensors;
}

function readSensor(value: Json | undefined): Sensor {
  const raw = readObject(value, '');
  checkFields(raw, SENSOR_FIELDS);
  const type = readSensorType(raw.type);
  const sensor: Sensor = { sensor_id: readId(raw.sensor_id, 'sensor_id'), type, urls: readUrls(raw, type) };
  if (raw.width !== undefined && raw.width !== null) sensor.width = readSize(raw.width, 'width');
  if (raw.height !== undefined && raw.height !== null) sensor.height = readSize(raw.height, 'height');
  const metadata = readFreeObject(raw.metadata, 'metadata', 'refuse');
  if (metadata !== undefined) sensor.metadata = metadata;
  const coordinateFrame = readOptionalId(raw.coordinate_frame, 'coordinate_frame');
  if (coordinateFrame !== undefined) sensor.coordinate_frame = coordinateFrame;
  const dateCaptured = readOptionalText(raw.date_captured, 'date_captured');
  if (dateCaptured !== undefined) sensor.date_captured = dateCaptured;
  const mirrorAsset = readOptionalFlag(raw.mirror_asset, 'mirror_asset');
  if (mirrorAsset !== undefined) sensor.mirror_asset = mirrorAsset;
  return sensor;
}

function readSensorType(value: Json | undefined): SensorType {
  if (typeof value === 'string' && TYPES.has(value)) return value as SensorType;
  const code = value === undefined || value === null ? 'missing_field' : 'invalid_value';
  throw new Problem(code, `Expected a sensor type (${SENSOR_TYPES.join(', ')}), got ${describe(value)}`, 'type');
}

function readUrls(raw: JsonObject, type: SensorType): Record<string, string> {
  const { keys, needs } = SENSOR_URLS[type];
  const urls: Record<string, string> = {};
  if (raw.urls === undefined || raw.urls === null) {
    const url = readOptionalText(raw.url, 'url');
    if (url !== undefined) urls[keys[0]] = url;
  } else {
    if (raw.url !== undefined && raw.url !== null) {
      throw new Problem('invalid_value', `Expected url or urls, got both; url is short for urls.${keys[0]}`, 'url');
    }
    readUrlsByKey(raw.urls, type, urls);
  }
  for (const key of needs) if (urls[key]) return urls;
  const expected = needs.map((key) => `urls.${key}`).join(' or ');
  throw new Problem('missing_sensor_url', `Expected url or ${expected} on a sensor of type ${type}, got none`, 'url');
}

function readUrlsByKey(value: Json, type: SensorType, urls: Record<string, string>): void {
  const raw = readObject(value, 'urls');
  const { keys } = SENSOR_URLS[type];
  try {
    checkFields(raw, new Set(keys));
    for (const key of keys) {
      if (raw[key] !== undefined && raw[key] !== null) urls[key] = readText(raw[key], key);
    }
  } catch (error) {
    throw inside(error, 'urls');
  }
}
