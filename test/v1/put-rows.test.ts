import { failureOf, itemOf, PUBLIC_URL } from './translate';
import { cropRow, frameRow, labelRow, sensorRow } from './rows';
import type { JsonObject } from '../../domain/json';

const frameOf = (more: JsonObject): JsonObject => itemOf(frameRow(more)).frame as JsonObject;

describe('an added frame', () => {
  it('is a put of the whole frame', () => {
    const row = frameRow({
      geo_data: { geo_EPSG4326_lat: 1.5, geo_EPSG4326_lon: 2.5 },
      user__s: 'x',
      user__i: 3,
      user__f: 1,
      user__b: true,
      user__ls: ['a', 'b'],
      user__le: [],
      user_metadata_types: {
        user__s: 'str',
        user__i: 'int',
        user__f: 'float',
        user__b: 'bool',
        user__ls: 'str',
        user__le: 'int',
      },
      user_metadata_modes: {
        user__s: 'scalar',
        user__i: 'scalar',
        user__f: 'scalar',
        user__b: 'scalar',
        user__ls: 'list',
        user__le: 'list',
      },
    });
    expect(itemOf(row, { crops: cropRow(labelRow()) })).toEqual({
      op: 'put',
      frame_id: 'f1',
      frame: {
        date_captured: '2024-01-02T03:04:05+00:00',
        device_id: 'dev1',
        sensor_data: [
          {
            sensor_id: 'DEFAULT',
            type: 'IMAGE',
            urls: { image_url: 'http://host/a.png' },
            coordinate_frame: 'DEFAULT',
            date_captured: '2024-01-02T03:04:05+00:00',
            mirror_asset: false,
          },
        ],
        coordinate_frames: [
          { id: 'DEFAULT', type: 'IMAGE', metadata: { parent_frame_id: 'world' } },
          { id: 'world', type: 'WORLD' },
        ],
        geo: { lat: 1.5, lon: 2.5 },
        metadata: { s: 'x', i: 3, f: 1, b: true, ls: ['a', 'b'], le: [] },
        labels: [
          {
            label_id: 'b1',
            type: 'BBOX_2D',
            class: 'cat',
            sensor_id: 'DEFAULT',
            geometry: { top: 1, left: 2.5, width: 3, height: 4 },
          },
        ],
      },
      metadata_types: { s: 'STRING', i: 'INTEGER', f: 'FLOAT', b: 'BOOL', ls: 'ARRAY<STRING>', le: 'ARRAY<INTEGER>' },
      non_finite: 'tokens',
    });
  });

  it('has its labels in the row where there is no label file', () => {
    const item = itemOf({ ...frameRow(), label_data: [labelRow({ uuid: 'in-row' })] });
    expect(item.frame).toMatchObject({ labels: [{ label_id: 'in-row' }] });
  });

  it('keeps the stored vectors where the row says so, and nowhere else', () => {
    const vectors = {
      frame: Float32Array.of(1, 2),
      labels: new Map([
        ['b1', Float32Array.of(3, 4)],
        ['b2', Float32Array.of(5, 6)],
      ]),
    };
    const crops = cropRow(labelRow({ reuse_latest_embedding: true }), labelRow({ uuid: 'b2' }));
    const { frame } = itemOf(frameRow({ reuse_latest_embedding: true }), { crops, vectors });
    expect(frame).toMatchObject({
      embedding: 'keep',
      labels: [
        { label_id: 'b1', embedding: 'keep' },
        { label_id: 'b2', embedding: [5, 6] },
      ],
    });
  });

  it('names the models of its vectors', () => {
    const vectors = { frame: Float32Array.of(0.1, 2), labels: new Map([['b1', Float32Array.of(3, 4)]]) };
    const context = { rows: 'frames' as const, publicUrl: PUBLIC_URL, frame_model: 'fm', label_model: 'lm' };
    expect(itemOf(frameRow(), { crops: cropRow(labelRow()), vectors, context }).frame).toMatchObject({
      embedding: { model: 'fm', vector: [0.1, 2] },
      labels: [{ embedding: { model: 'lm', vector: [3, 4] } }],
    });
  });

  it('has no vector where the file only fills the place with zeros', () => {
    const vectors = { frame: Float32Array.of(0, 0, 0), labels: new Map([['b1', new Float32Array(512)]]) };
    const { frame } = itemOf(frameRow(), { crops: cropRow(labelRow()), vectors });
    expect(frame).not.toHaveProperty('embedding');
    expect(frame).not.toHaveProperty(['labels', 0, 'embedding']);
  });

  it.each([NaN, Infinity])('fails when its vector holds %p', (value) => {
    const vectors = { frame: Float32Array.of(1, value), labels: new Map<string, Float32Array>() };
    expect(failureOf(frameRow(), { vectors })).toEqual({
      code: 'invalid_number',
      message: `Expected a vector of numbers that fit 32-bit floats, got ${value} at position 1`,
      path: 'embedding',
    });
  });

  it('has its location also as the text that the client reads', () => {
    expect(frameOf({ geo_data: '{"geo_EPSG4326_lat": -1.25, "geo_EPSG4326_lon": 2.0}' }).geo).toEqual({
      lat: -1.25,
      lon: 2,
    });
    expect(frameOf({ geo_data: null })).not.toHaveProperty('geo');
  });

  it.each([
    ['user__k', 'k'],
    ['my_user__k', 'my_user__k'],
    ['user__user__k', 'user__k'],
    ['user__', 'user__'],
  ])('stores the metadata field %s as %s', (key, stored) => {
    expect(frameOf({ [key]: 1 }).metadata).toEqual({ [stored]: 1 });
  });
});

describe('a sensor', () => {
  const sensorOf = (more: JsonObject): unknown =>
    (frameOf({ sensor_data: [sensorRow(more)] }).sensor_data as unknown[])[0];

  it.each([
    ['IMAGE_V0', 'IMAGE', { image_url: 'gs://b/1.png', preview_url: 's3://b/2.png' }],
    ['IMAGE_OVERLAY_V0', 'IMAGE_OVERLAY', { image_url: 'http://h/o.png' }],
    ['TEXT', 'TEXT', { text: `${PUBLIC_URL}/objects/is a text` }],
    ['POINTCLOUD_PCD_V0', 'POINTCLOUD_PCD', { pcd_url: 'http://h/1.pcd' }],
    ['POINT_CLOUD_PCD', 'POINTCLOUD_PCD', { pcd_url: 'http://h/1.pcd' }],
    [
      'POINTCLOUD_V0',
      'POINTCLOUD',
      { kitti_format_url: 'http://h/k', range_url: 'http://h/r', intensity_url: 'http://h/i' },
    ],
    ['OBJ_V0', 'OBJ', { obj_url: 'http://h/1.obj' }],
    ['AUDIO_V0', 'AUDIO', { audio_url: 'http://h/1.wav' }],
    ['VIDEO_V0', 'VIDEO', { video_url: 'http://h/1.mp4' }],
  ])('of type %s is one of type %s', (sensor_type, type, urls) => {
    expect(sensorOf({ sensor_type, data_urls: urls, sensor_metadata: null })).toMatchObject({ type, urls });
  });

  it('has its size in pixels, and as metadata what else the client says', () => {
    const sensor_metadata = { overlay_id: 'o', resize_mode: 'None', width: 640, height: null };
    const sensor = sensorOf({ sensor_type: 'IMAGE_OVERLAY_V0', sensor_metadata });
    expect(sensor).toMatchObject({ width: 640, metadata: { overlay_id: 'o', resize_mode: 'None' } });
    expect(sensor).not.toHaveProperty('height');
  });

  it('of a text is the same whether its copy is not wanted or not spoken of', () => {
    const text = { sensor_type: 'TEXT', data_urls: { text: 't' } };
    expect(sensorOf({ ...text, mirror_asset: false })).not.toHaveProperty('mirror_asset');
    expect(sensorOf({ ...text, mirror_asset: true })).toMatchObject({ mirror_asset: true });
  });

  it('links to own assets without the public URL', () => {
    const data_urls = { image_url: `${PUBLIC_URL}/objects/abc`, preview_url: `${PUBLIC_URL}.evil/objects/abc` };
    expect(sensorOf({ data_urls })).toMatchObject({
      urls: { image_url: '/objects/abc', preview_url: data_urls.preview_url },
    });
  });

  it('that reading made up is none', () => {
    const made = sensorRow({ sensor_id: 'other', data_urls: { image_url: 'about:blank' } });
    expect(frameOf({ sensor_data: [made, sensorRow()] }).sensor_data).toMatchObject([{ sensor_id: 'DEFAULT' }]);
  });

  it('whose name is taken, as an overlay may be called like its image, gets a number', () => {
    const overlay = sensorRow({ sensor_type: 'IMAGE_OVERLAY_V0' });
    expect(frameOf({ sensor_data: [sensorRow(), overlay, overlay] }).sensor_data).toMatchObject([
      { sensor_id: 'DEFAULT', type: 'IMAGE' },
      { sensor_id: 'DEFAULT_2', type: 'IMAGE_OVERLAY' },
      { sensor_id: 'DEFAULT_3', type: 'IMAGE_OVERLAY' },
    ]);
  });

  it('of an unknown type fails at its place', () => {
    expect(failureOf(frameRow({ sensor_data: [sensorRow(), sensorRow({ sensor_type: 'RADAR_V0' })] }))).toMatchObject({
      code: 'invalid_value',
      path: 'sensor_data[1].sensor_type',
      message: expect.stringMatching(/^Expected a sensor type \(IMAGE_V0, .*\), got the text "RADAR_V0"$/),
    });
  });
});

describe('coordinate frames', () => {
  const framesOf = (...coordinate_frames: JsonObject[]): unknown => frameOf({ coordinate_frames }).coordinate_frames;

  it('have metadata as text, as an object or none', () => {
    const world = { coordinate_frame_id: 'w', coordinate_frame_type: 'WORLD' };
    const metadata = { position: { x: 1, y: 2, z: 3 }, parent_frame_id: 'world' };
    const expected = { id: 'w', type: 'WORLD', metadata };
    expect(framesOf({ ...world, coordinate_frame_metadata: JSON.stringify(metadata) })).toEqual([expected]);
    expect(framesOf({ ...world, coordinate_frame_metadata: metadata })).toEqual([expected]);
    expect(framesOf(world)).toEqual([{ id: 'w', type: 'WORLD' }]);
  });

  it('that come twice are one', () => {
    const image = { coordinate_frame_id: 'DEFAULT', coordinate_frame_type: 'IMAGE' };
    expect(framesOf(image, image)).toEqual([{ id: 'DEFAULT', type: 'IMAGE' }]);
  });

  it('of cameras leave out what was not given', () => {
    const camera = { fx: 1.5, fy: 2, camera_model: null, orientation: null, k1: 0 };
    const row = {
      coordinate_frame_id: 'c',
      coordinate_frame_type: 'IMAGE_PROJECTION',
      coordinate_frame_metadata: camera,
    };
    expect(framesOf(row)).toEqual([{ id: 'c', type: 'IMAGE_PROJECTION', metadata: { fx: 1.5, fy: 2, k1: 0 } }]);
  });

  it('fail on metadata that is no object', () => {
    const broken = { coordinate_frame_id: 'c', coordinate_frame_type: 'WORLD', coordinate_frame_metadata: '{"x": ' };
    expect(failureOf(frameRow({ coordinate_frames: [broken] }))).toEqual({
      code: 'invalid_value',
      message: 'Expected an object as JSON text, got the text "{\\"x\\": "',
      path: 'coordinate_frames[0].coordinate_frame_metadata',
    });
  });
});
