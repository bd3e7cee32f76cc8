import { box, inFrame, inLabel, itFailsOn } from '../support/failure-cases';
import { context, failureOf, good, put } from '../support/read';
import { readItem } from '../../domain/read-item';
import type { Json } from '../../domain/json';

const frame = {
  frame_id: 'f1',
  labels: [box({ label_id: 'b2', embedding: null, metadata: { z: 1, a: [{ y: -0, b: null }] } }), box()],
  metadata: { tags: ['a'], split: 'train', gone: null },
  geo: { lon: 2, lat: -0 },
  sensor_data: [{ type: 'IMAGE', sensor_id: 'DEFAULT', url: 'http://h/1.jpg', height: 480, width: 640 }],
  custom_metrics: {},
  device_id: 'scope-1',
  date_captured: '2026-01-01 00:00:00.5',
};

describe('a put', () => {
  it('is brought into normal form: fixed key order, labels by id, empty and null parts left out', () => {
    const item = good({ frame_id: 'f1', frame });
    expect(item).toMatchObject({ op: 'put', frame_id: 'f1', keep_embeddings: false });
    expect(JSON.stringify('content' in item && item.content)).toBe(
      JSON.stringify({
        date_captured: '2026-01-01 00:00:00.5',
        device_id: 'scope-1',
        sensor_data: [
          { sensor_id: 'DEFAULT', type: 'IMAGE', urls: { image_url: 'http://h/1.jpg' }, width: 640, height: 480 },
        ],
        geo: { lat: 0, lon: 2 },
        metadata: { split: 'train', tags: ['a'] },
        labels: [
          { label_id: 'b1', type: 'BBOX_2D', class: 'WBC', geometry: { left: 1, top: 2, width: 3, height: 4 } },
          {
            label_id: 'b2',
            type: 'BBOX_2D',
            class: 'WBC',
            geometry: { left: 1, top: 2, width: 3, height: 4 },
            metadata: { a: [{ b: null, y: 0 }], z: 1 },
          },
        ],
      }),
    );
  });

  it('turns -0 into 0 everywhere', () => {
    const { content } = put('f', {
      geo: { lat: -0, lon: -0 },
      metadata: { n: -0 },
      custom_metrics: { a: -0, b: [-0] },
      labels: [box({ confidence: -0 })],
    });
    expect([content.geo!.lat, content.geo!.lon, content.metadata!.n, content.labels![0]!.confidence]).toEqual([
      0, 0, 0, 0,
    ]);
    expect(content.custom_metrics).toEqual({ a: 0, b: [0] });
  });

  it('keeps integers that a double cannot hold as bigints and turns the others into numbers', () => {
    const { content } = put('f', {
      metadata: { big: 9007199254740993n, small: 7n, even: 2n ** 63n, last: 2n ** 63n - 1n },
    });
    expect(content.metadata).toEqual({ big: 9007199254740993n, small: 7, even: 2 ** 63, last: 9223372036854775807n });
  });

  it('reads the texts NaN, Infinity and -Infinity as numbers where reads show them so, unless texts are texts', () => {
    const raw: Json = { frame_id: 'f', frame: { custom_metrics: { a: 'NaN', b: ['-Infinity', 'Infinity', 'nan'] } } };
    expect(good(raw)).toMatchObject({ content: { custom_metrics: { a: NaN, b: [-Infinity, Infinity, 'nan'] } } });
    const verbatim = readItem(raw, { ...context, nonFinite: 'keep' });
    expect(verbatim).toMatchObject({ item: { content: { custom_metrics: { a: 'NaN' } } } });
  });

  it('keeps NaN and infinities in label metadata and custom metrics', () => {
    const { content } = put('f', { custom_metrics: { loss: NaN }, labels: [box({ metadata: { iou: [Infinity] } })] });
    expect(content.custom_metrics).toEqual({ loss: NaN });
    expect(content.labels![0]!.metadata).toEqual({ iou: [Infinity] });
  });

  it('takes keys that plain objects inherit as ordinary keys', () => {
    const { content } = put('f', JSON.parse('{"metadata":{"constructor":"x","toString":"y"}}') as Json);
    expect(Object.entries(content.metadata!)).toEqual([
      ['constructor', 'x'],
      ['toString', 'y'],
    ]);
  });

  it('reads url as the first key of the sensor type', () => {
    const { content } = put('f', {
      sensor_data: [
        { sensor_id: 'a', type: 'POINTCLOUD', url: 'http://h/1.pcd' },
        { sensor_id: 'b', type: 'POINTCLOUD', urls: { range_url: 'r', kitti_format_url: 'k', pointcloud_url: null } },
        { sensor_id: 'c', type: 'TEXT', urls: { text: 'words' }, mirror_asset: false, coordinate_frame: 'world' },
      ],
    });
    expect(content.sensor_data).toEqual([
      { sensor_id: 'a', type: 'POINTCLOUD', urls: { pointcloud_url: 'http://h/1.pcd' } },
      { sensor_id: 'b', type: 'POINTCLOUD', urls: { kitti_format_url: 'k', range_url: 'r' } },
      { sensor_id: 'c', type: 'TEXT', urls: { text: 'words' }, coordinate_frame: 'world', mirror_asset: false },
    ]);
  });
});

describe('the other operations', () => {
  it('reads a patch: parts replaced or null, metadata with nulls, label changes', () => {
    const item = good({
      op: 'patch',
      frame_id: 'f',
      if_version: 3,
      if_missing: 'skip',
      frame: {
        device_id: null,
        geo: { lat: 1, lon: 2 },
        metadata: { b: null, a: 1 },
        labels: { upsert: [box()], merge: [{ label_id: 'b3', class: 'RBC', iscrowd: null }], delete: ['b4'] },
      },
    });
    expect(item).toEqual({
      op: 'patch',
      frame_id: 'f',
      if_version: 3,
      if_missing: 'skip',
      parts: { device_id: null, geo: { lat: 1, lon: 2 } },
      metadata: { a: 1, b: null },
      labels: {
        upsert: [box()],
        merge: [{ label_id: 'b3', fields: { class: 'RBC', iscrowd: null } }],
        delete: ['b4'],
      },
      vectors: { labels: new Map() },
    });
  });

  it('reads a delete', () => {
    expect(good({ op: 'delete', frame_id: 'f', if_version: 0 })).toEqual({
      op: 'delete',
      frame_id: 'f',
      if_version: 0,
    });
  });
});

const parsed = (text: string): Json => JSON.parse(text) as Json;

describe('an item that fails says why and where', () => {
  itFailsOn([
    ['a list for an item', [], 'invalid_item', undefined, /Expected an item/],
    ['null for an item', null, 'invalid_item', undefined, /got null/],
    [
      'an unknown operation',
      { op: 'merge', frame_id: 'f' },
      'invalid_item',
      'op',
      /put, patch or delete, got the text "merge"/,
    ],
    ['an unknown field of the item', { frame_id: 'f', frames: {} }, 'unknown_field', 'frames', /one of op, frame_id/],
    ['__proto__ as a field', parsed('{"frame_id":"f","frame":{},"__proto__":{}}'), 'unknown_field', '__proto__', /./],
    ['no frame id', { frame: {} }, 'missing_field', 'frame_id', /Expected an id/],
    ['a number as frame id', { frame_id: 7, frame: {} }, 'invalid_id', 'frame_id', /id as text, got 7/],
    ['a slash in the frame id', { frame_id: 'a/b', frame: {} }, 'invalid_id', 'frame_id', /no "\/"/],
    ['no frame in a put', { frame_id: 'f' }, 'missing_field', 'frame', /Expected an object in frame/],
    ['a list for a frame', inFrame([]), 'invalid_value', 'frame', /got a list of 0/],
    ['another id in the frame', inFrame({ frame_id: 'g' }), 'invalid_id', 'frame_id', /"f", got "g"/],
    [
      'a frame in a delete',
      { op: 'delete', frame_id: 'f', frame: {} },
      'unknown_field',
      'frame',
      /only a put or patch/,
    ],
    [
      'keep_embeddings in a patch',
      { op: 'patch', frame_id: 'f', frame: {}, keep_embeddings: true },
      'unknown_field',
      'keep_embeddings',
      /only a put/,
    ],
    [
      'if_missing in a put',
      { frame_id: 'f', frame: {}, if_missing: 'skip' },
      'unknown_field',
      'if_missing',
      /only a patch/,
    ],
    [
      'another if_missing',
      { op: 'patch', frame_id: 'f', frame: {}, if_missing: 'fail' },
      'invalid_value',
      'if_missing',
      /"skip"/,
    ],
    [
      'a negative if_version',
      { frame_id: 'f', frame: {}, if_version: -1 },
      'invalid_number',
      'if_version',
      /whole number >= 0, got -1/,
    ],
    [
      'a text as if_version',
      { frame_id: 'f', frame: {}, if_version: '3' },
      'invalid_value',
      'if_version',
      /the text "3"/,
    ],
    ['half an if_version', { frame_id: 'f', frame: {}, if_version: 1.5 }, 'invalid_number', 'if_version', /got 1.5/],
  ]);

  it('names the label and the frame', () => {
    expect(readItem(inLabel(box({ class: 'car' })), context)).toMatchObject({
      frame_id: 'f',
      failure: { label_id: 'b1' },
    });
    expect(readItem({ frame_id: 'a/b' }, context)).toMatchObject({ op: 'put', frame_id: 'a/b' });
    expect(readItem({ op: 'patch', frame_id: 'a', frame: 7 }, context)).toMatchObject({ op: 'patch', frame_id: 'a' });
    expect(readItem({ op: 'zap', frame_id: 'a' }, context)).toMatchObject({ op: null, frame_id: 'a' });
    expect(readItem({ frame_id: '\ud800' }, context)).toMatchObject({ frame_id: null });
    expect(readItem(7, context)).toMatchObject({ op: null, frame_id: null });
  });

  it('cuts what it quotes, so that a hostile item makes no long error', () => {
    const long = 'x'.repeat(1_000_000);
    expect(JSON.stringify(failureOf({ frame_id: 'f', [long]: 1 })).length).toBeLessThan(500);
    expect(JSON.stringify(failureOf(inLabel(box({ class: long })))).length).toBeLessThan(500);
    expect(JSON.stringify(failureOf(inFrame({ custom_metrics: { [long]: 1 } }))).length).toBeLessThan(500);
  });

  it('survives input nested deeper than any stack', () => {
    const deep = parsed(`${'[['.repeat(2_000)}${']]'.repeat(2_000)}`);
    expect(failureOf(inFrame({ metadata: { a: deep } })).code).toBe('wrong_metadata_type');
    expect(failureOf(inFrame({ custom_metrics: { a: deep } })).message).toMatch(/levels of nesting/);
    expect(failureOf(deep).code).toBe('invalid_item');
  });
});
