import { inFrame, itFailsOn } from '../support/failure-cases';
import type { Json } from '../../domain/json';

const inSensor = (sensor: Record<string, Json>): Json => inFrame({ sensor_data: [{ sensor_id: 's', ...sensor }] });
const parsed = (text: string): Json => JSON.parse(text) as Json;
const nested = (levels: number): Json => (levels === 0 ? 1 : [nested(levels - 1)]);

describe('a part of a frame fails on', () => {
  itFailsOn([
    ['an unknown field of the frame', inFrame({ lables: [] }), 'unknown_field', 'lables', /expected one of frame_id/],
    ['what reads add', inFrame({ version: 3 }), 'unknown_field', 'version', /reads add it/],
    ['a number as device id', inFrame({ device_id: 3 }), 'invalid_value', 'device_id', /Expected a text, got 3/],
    ['a lone surrogate', inFrame({ device_id: '\ud800' }), 'invalid_value', 'device_id', /lone surrogate/],
    ['half a place', inFrame({ geo: { lat: 1 } }), 'missing_field', 'geo.lon', /number of degrees/],
    ['an infinite place', inFrame({ geo: { lat: Infinity, lon: 1 } }), 'invalid_number', 'geo.lat', /got Infinity/],
  ]);
});

describe('metadata and custom metrics fail on', () => {
  itFailsOn([
    ['NaN in frame metadata', inFrame({ metadata: { a: NaN } }), 'invalid_number', 'metadata.a', /finite/],
    [
      'an object in frame metadata',
      inFrame({ metadata: { a: {} } }),
      'wrong_metadata_type',
      'metadata.a',
      /got an object/,
    ],
    [
      'null in a metadata list',
      inFrame({ metadata: { a: [1, null] } }),
      'wrong_metadata_type',
      'metadata.a[1]',
      /got null/,
    ],
    ['a dollar key', inFrame({ metadata: { $a: 1 } }), 'invalid_key', 'metadata', /may not start with "\$"/],
    ['a dotted key', inFrame({ metadata: { 'a.b': 1 } }), 'invalid_key', 'metadata', /no "\."/],
    ['__proto__ as a key', inFrame(parsed('{"metadata":{"__proto__":1}}')), 'invalid_key', 'metadata', /__proto__/],
    ['2^63 + 1', inFrame({ metadata: { a: 2n ** 63n + 1n } }), 'invalid_number', 'metadata.a', /between -2\^63 and/],
    [
      'a dotted key deep in custom metrics',
      inFrame({ custom_metrics: { a: [{ 'b.c': 1 }] } }),
      'invalid_key',
      'custom_metrics.a[0]',
      /"b\.c"/,
    ],
    [
      '51 levels of nesting',
      inFrame({ custom_metrics: { a: nested(51) } }),
      'invalid_value',
      `custom_metrics.a${'[0]'.repeat(49)}`,
      /at most 50 levels/,
    ],
    [
      'a list for custom metrics',
      inFrame({ custom_metrics: [] }),
      'invalid_value',
      'custom_metrics',
      /Expected an object/,
    ],
  ]);
});

describe('a sensor or coordinate frame fails on', () => {
  itFailsOn([
    ['no sensor type', inSensor({ url: 'u' }), 'missing_field', 'sensor_data[0].type', /IMAGE/],
    ['no url', inSensor({ type: 'IMAGE' }), 'missing_sensor_url', 'sensor_data[0].url', /urls\.image_url/],
    ['an empty url', inSensor({ type: 'IMAGE', url: '' }), 'missing_sensor_url', 'sensor_data[0].url', /got none/],
    [
      'only a preview',
      inSensor({ type: 'IMAGE', urls: { preview_url: 'p' } }),
      'missing_sensor_url',
      'sensor_data[0].url',
      /./,
    ],
    [
      'url and urls',
      inSensor({ type: 'IMAGE', url: 'u', urls: {} }),
      'invalid_value',
      'sensor_data[0].url',
      /got both/,
    ],
    [
      'a url key of another type',
      inSensor({ type: 'IMAGE', urls: { pcd_url: 'u' } }),
      'unknown_field',
      'sensor_data[0].urls.pcd_url',
      /image_url/,
    ],
    [
      'a negative image width',
      inSensor({ type: 'IMAGE', url: 'u', width: -1 }),
      'invalid_number',
      'sensor_data[0].width',
      />= 0/,
    ],
    [
      'NaN in sensor metadata',
      inSensor({ type: 'IMAGE', url: 'u', metadata: { a: [NaN] } }),
      'invalid_number',
      'sensor_data[0].metadata.a[0]',
      /finite/,
    ],
    [
      'a sensor id twice',
      inFrame({ sensor_data: [1, 2].map(() => ({ sensor_id: 's', type: 'IMAGE', url: 'u' })) }),
      'invalid_id',
      'sensor_data[1].sensor_id',
      /twice/,
    ],
    [
      'a coordinate frame without type',
      inFrame({ coordinate_frames: [{ id: 'w' }] }),
      'missing_field',
      'coordinate_frames[0].type',
      /WORLD/,
    ],
    [
      'a coordinate frame twice',
      inFrame({ coordinate_frames: [1, 2].map(() => ({ id: 'w', type: 'WORLD' })) }),
      'invalid_id',
      'coordinate_frames[1].id',
      /twice/,
    ],
  ]);
});
