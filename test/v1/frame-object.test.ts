import type { FrameContent, Label, Sensor } from '../../domain/frame';
import type { DatasetSchema } from '../../domain/metadata-schema';
import { ABSENT_SENSOR_URL } from '../../v1/label-places';
import { box, cuboid, image, PUBLIC_URL, shown, textOf } from './frame-fixtures';

describe('a whole frame', () => {
  it('is the frame object of the protocol', () => {
    const text = textOf(
      {
        date_captured: '2024-01-02T03:04:05+00:00',
        device_id: 'dev1',
        sensor_data: [
          image('DEFAULT', {
            coordinate_frame: 'DEFAULT',
            date_captured: '2024-01-02T03:04:05+00:00',
            mirror_asset: false,
          }),
        ],
        coordinate_frames: [{ id: 'DEFAULT', type: 'IMAGE', metadata: { parent_frame_id: 'world' } }],
        geo: { lat: 1, lon: 2.5 },
        metadata: { s: 'x', f: 1 },
        custom_metrics: { loss: 1 },
        labels: [box('b1', { sensor_id: 'DEFAULT' })],
      },
      { s: 'STRING', f: 'FLOAT' },
    );
    expect(text).toBe(
      '{"task_id":"f","date_captured":"2024-01-02T03:04:05+00:00","device_id":"dev1",' +
        '"coordinate_frames":[{"coordinate_frame_id":"DEFAULT","coordinate_frame_type":"IMAGE",' +
        '"coordinate_frame_metadata":"{\\"parent_frame_id\\":\\"world\\"}"}],' +
        '"sensor_data":[{"coordinate_frame":"DEFAULT","data_urls":{"image_url":"http://h/a.png"},' +
        '"date_captured":"2024-01-02T03:04:05+00:00","sensor_id":"DEFAULT","sensor_metadata":{},' +
        '"sensor_type":"IMAGE_V0","mirror_asset":false}],' +
        '"label_data":[{"uuid":"b1","label_type":"BBOX_2D","label":"cat","label_coordinate_frame":"DEFAULT",' +
        '"attributes":{"left":2.5,"top":1,"width":3,"height":4}}],' +
        '"geo_data":"{\\"geo_EPSG4326_lat\\":1.0,\\"geo_EPSG4326_lon\\":2.5}",' +
        '"user__s":"x","user__f":1.0}',
    );
  });

  it('has what the client demands, though nobody gave it', () => {
    expect(shown({})).toEqual({
      task_id: 'f',
      date_captured: null,
      device_id: 'default_device',
      coordinate_frames: [],
      sensor_data: [
        {
          coordinate_frame: 'DEFAULT',
          data_urls: { image_url: ABSENT_SENSOR_URL },
          date_captured: null,
          sensor_id: 'DEFAULT',
          sensor_metadata: {},
          sensor_type: 'IMAGE_V0',
          mirror_asset: false,
        },
      ],
      label_data: [],
    });
  });
});

describe('metadata', () => {
  const lineOf = (metadata: FrameContent['metadata'], types: DatasetSchema['metadata'] = {}): string =>
    textOf({ sensor_data: [image('a')], metadata }, types).replace(/^.*"label_data":\[\],?/, '{');

  it.each<[string, FrameContent['metadata'], DatasetSchema['metadata'], string]>([
    ['whole floats', { a: 1, b: -0.5 }, { a: 'FLOAT', b: 'FLOAT' }, '{"user__a":1.0,"user__b":-0.5}'],
    ['lists of floats', { a: [1, 2] }, { a: 'ARRAY<FLOAT>' }, '{"user__a":[1.0,2.0]}'],
    ['integers', { a: 1, b: [1, 2] }, { a: 'INTEGER', b: 'ARRAY<INTEGER>' }, '{"user__a":1,"user__b":[1,2]}'],
    ['numbers of any kind', { a: 1, b: 1.5 }, { a: 'NUMERIC', b: 'NUMERIC' }, '{"user__a":1,"user__b":1.5}'],
    ['lists that mix', { a: [1, 2.5], b: [1, 2] }, { a: 'ARRAY<NUMERIC>' }, '{"user__a":[1.0,2.5],"user__b":[1,2]}'],
    [
      'long integers',
      { a: 9007199254740993n, b: [2 ** 62] },
      {},
      '{"user__a":9007199254740993,"user__b":[4611686018427387904]}',
    ],
    ['long integers as floats', { a: 9007199254740993n }, { a: 'FLOAT' }, '{"user__a":9007199254740993.0}'],
    [
      'what is no integer of 64 bits',
      { a: 1e20, b: 1e300 },
      {},
      '{"user__a":100000000000000000000.0,"user__b":1e+300}',
    ],
    ['texts and flags', { a: '1', b: true, c: ['x'] }, {}, '{"user__a":"1","user__b":true,"user__c":["x"]}'],
    ['no empty lists', { a: [], b: 0, c: '', d: false }, {}, '{"user__b":0,"user__c":"","user__d":false}'],
    ['no keys that the client refuses', { 'a b': 1, é: 1, '': 1, a_B9: 1 }, {}, '{"user__a_B9":1}'],
    ['keys with the prefix in them', { user__a: 1, x_user__a: 2 }, {}, '{"user__user__a":1,"x_user__a":2}'],
  ])('is shown as %s', (_what, metadata, types, expected) => {
    expect(lineOf(metadata, types)).toBe(expected);
  });

  it('follows the types of its own fields only', () => {
    expect(lineOf({ constructor: 1, toString: 2 } as unknown as FrameContent['metadata'])).toBe(
      '{"user__constructor":1,"user__toString":2}',
    );
  });
});

describe('texts that the client would take for JSON', () => {
  it('are encoded once more where it decodes them, and nowhere else', () => {
    const ids = ['123', '-1.5e3', 'true', 'null', 'NaN', '-Infinity', '"q"', '{', ' 7 ', 'b'];
    const frame = shown({
      device_id: '12',
      sensor_data: [image('1', { coordinate_frame: '2', urls: { image_url: '3' }, date_captured: '20240102' })],
      coordinate_frames: [{ id: '4', type: 'WORLD' }],
      metadata: { a: '5' },
      labels: ids.map((id) => box(id, { class: 'true', sensor_id: '1', metadata: { k: '6' } })),
    });
    expect(frame.label_data.map(({ uuid }) => uuid)).toEqual(ids.map((id) => (id === 'b' ? id : JSON.stringify(id))));
    expect(frame.label_data[0]).toMatchObject({
      label: '"true"',
      label_coordinate_frame: '"1"',
      attributes: { user__k: '6' },
    });
    expect(frame.sensor_data).toMatchObject([
      { sensor_id: '"1"', coordinate_frame: '"2"', data_urls: { image_url: '3' }, date_captured: '"20240102"' },
    ]);
    expect(frame.coordinate_frames).toMatchObject([{ coordinate_frame_id: '"4"' }]);
    expect(frame).toMatchObject({ device_id: '12', user__a: '5' });
  });
});

describe('sensors', () => {
  const sensor = (one: Partial<Sensor>) => shown({ sensor_data: [image('a', one)] }).sensor_data[0];

  it('have the names that the client reads', () => {
    expect(sensor({ type: 'POINTCLOUD_PCD', urls: { pcd_url: 'u' } })).toMatchObject({
      sensor_type: 'POINT_CLOUD_PCD',
    });
    expect(sensor({ type: 'POINTCLOUD', urls: {} })).toMatchObject({ sensor_type: 'POINTCLOUD_V0' });
    expect(sensor({ type: 'TEXT', urls: { text: 't' } })).toMatchObject({ sensor_type: 'TEXT', mirror_asset: false });
  });

  it('have the metadata that the client knows, sizes as integers', () => {
    expect(sensor({ width: 640.4, height: 480, metadata: { x: 1 } })).toMatchObject({
      sensor_metadata: { width: 640, height: 480 },
    });
    expect(sensor({ width: 1e300, metadata: { height: 7 } })?.sensor_metadata).toEqual({ height: 7 });
    expect(sensor({ type: 'VIDEO', urls: { video_url: 'u' }, width: 3 })?.sensor_metadata).toEqual({});
    expect(sensor({ type: 'IMAGE_OVERLAY', metadata: { overlay_id: 'o', resize_mode: 'None' } })).toMatchObject({
      sensor_metadata: { overlay_id: 'o', resize_mode: 'None' },
    });
    expect(sensor({ type: 'IMAGE_OVERLAY' })?.sensor_metadata).toEqual({ overlay_id: 'a' });
    expect(sensor({ type: 'IMAGE_OVERLAY', metadata: { overlay_id: 5 } })?.sensor_metadata).toEqual({
      overlay_id: '5',
    });
  });

  it('have absolute links to own assets, and texts as they are', () => {
    expect(sensor({ urls: { image_url: '/objects/abc', preview_url: 's3://b/objects/x' } })?.data_urls).toEqual({
      image_url: `${PUBLIC_URL}/objects/abc`,
      preview_url: 's3://b/objects/x',
    });
    expect(sensor({ type: 'TEXT', urls: { text: '/objects/abc' } })?.data_urls).toEqual({ text: '/objects/abc' });
  });

  it('show a point cloud in one format', () => {
    const urls = { pointcloud_url: 'p', kitti_format_url: 'k', range_url: 'r' };
    expect(sensor({ type: 'POINTCLOUD', urls })?.data_urls).toEqual({ pointcloud_url: 'p', range_url: 'r' });
    expect(sensor({ type: 'POINTCLOUD', urls: { kitti_format_url: 'k' } })?.data_urls).toEqual({
      kitti_format_url: 'k',
    });
  });
});

describe('labels', () => {
  const labelText = (label: Label): string => {
    const placed = {
      ...label,
      [label.type === 'CUBOID_3D' ? 'coordinate_frame_id' : 'sensor_id']: label.type === 'CUBOID_3D' ? 'world' : 'a',
    };
    const text = textOf({ sensor_data: [image('a')], labels: [placed] });
    return /"attributes":(.*)\}\]\}$/.exec(text)?.[1] ?? text;
  };

  it('of cuboids have floats', () => {
    expect(labelText(cuboid())).toBe(
      '{"pos_x":0.0,"pos_y":1.0,"pos_z":2.0,"dim_x":3.0,"dim_y":4.0,"dim_z":5.0,"rot_x":6.0,"rot_y":7.0,"rot_z":8.0,"rot_w":9.0}',
    );
  });

  it('have bare tokens and all digits in their attributes', () => {
    const metadata = { n: NaN, i: [-Infinity, { x: Infinity }], big: 9223372036854775807n, none: null };
    expect(labelText(box('b', { geometry: {}, metadata, confidence: 1, iscrowd: false }))).toBe(
      '{"confidence":1.0,"iscrowd":false,"user__n":NaN,"user__i":[-Infinity,{"x":Infinity}],' +
        '"user__big":9223372036854775807,"user__none":null}',
    );
  });

  it('have secondary labels and links', () => {
    const parts = { geometry: {}, secondary: { weather: 'rain' }, links: { other: 'x' } };
    expect(labelText(box('b', { type: 'CLASSIFICATION_2D', ...parts }))).toBe('{"weather":"rain","link__other":"x"}');
    expect(labelText(box('b', parts))).toBe('{"link__other":"x"}');
  });

  it('of masks are read by their URL, those of instances with nothing else', () => {
    const mask = (type: Label['type'], geometry: Label['geometry']) => {
      const { label_data } = shown({
        sensor_data: [image('a')],
        labels: [{ label_id: 'm', type, geometry, metadata: { k: 1 }, confidence: 0.5 }],
      });
      return label_data[0];
    };
    const url = `${PUBLIC_URL}/objects/abc`;
    expect(mask('SEMANTIC_LABEL_ASSET_2D', { asset_uuid: 'abc', resize_mode: 'fill' })).toMatchObject({
      label_type: 'SEMANTIC_LABEL_URL_2D',
      label: '__mask',
      attributes: { url, resize_mode: 'fill', confidence: 0.5, user__k: 1 },
    });
    expect(mask('INSTANCE_LABEL_ASSET_2D', { asset_uuid: 'abc' })).toMatchObject({
      label_type: 'INSTANCE_LABEL_URL_2D',
    });
    expect(mask('INSTANCE_LABEL_ASSET_2D', { asset_uuid: 'abc' })?.attributes).toEqual({ url });
    expect(mask('INSTANCE_LABEL_URL_2D', { url: '/objects/abc' })?.attributes).toEqual({ url });
  });

  it('of keypoints have names that differ', () => {
    const points = ['nose', '', 'nose', 'nose_2', 'nose'].map((name) => ({ x: 1, y: 2, name }));
    expect(
      labelText(box('k', { type: 'KEYPOINTS_2D', geometry: { keypoints: points } })).match(/"name":"\w*"/g),
    ).toEqual(['nose', 'point', 'nose_2', 'nose_2_2', 'nose_3'].map((name) => `"name":"${name}"`));
  });

  it('of tokens say whether they are visible, or null', () => {
    expect(labelText(box('t', { type: 'TEXT_TOKEN', geometry: { index: 0, token: 'x' } }))).toBe(
      '{"index":0,"token":"x","visible":null}',
    );
  });
});
