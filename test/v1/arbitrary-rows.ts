import fc from 'fast-check';
import type { Json, JsonObject } from '../../domain/json';
import { CLASSES, PUBLIC_URL } from './translate';

const record = (
  fields: Record<string, fc.Arbitrary<Json>>,
  optional: Record<string, fc.Arbitrary<Json>> = {},
): fc.Arbitrary<JsonObject> =>
  fc.record(
    { ...fields, ...optional },
    { requiredKeys: Object.keys(fields), noNullPrototype: true },
  ) as fc.Arbitrary<JsonObject>;

const numbers: fc.Arbitrary<Json> = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const sizes: fc.Arbitrary<Json> = fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e6, noNaN: true }));
const points: fc.Arbitrary<Json> = fc.tuple(numbers, numbers);
/** Ids that the client lets pass (protocol 2.6). */
export const ids = fc
  .string({ unit: fc.constantFrom(...'ab1 %&+;:\\"{|é.$_'), minLength: 1, maxLength: 6 })
  .filter((id) => id !== '.' && id !== '..');
const urls = fc.constantFrom('http://h/1.png', 'gs://b/2.png', `${PUBLIC_URL}/objects/abc`);
const resizeMode: fc.Arbitrary<Json> = fc.constantFrom('fill', null);
const longIntegers: fc.Arbitrary<Json> = fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 63n - 1n });

/** What a user may say of a label: any JSON. */
const userValue: fc.Arbitrary<Json> = fc.oneof(
  numbers,
  longIntegers,
  fc.constantFrom<Json[]>(null, true, 'NaN', NaN, -Infinity, [1, 'a', null], { a: { b: [NaN] } }),
  fc.string({ maxLength: 5 }),
);
const userAttributes = {
  user__a: userValue,
  user__b: userValue,
  my_user__c: userValue,
  iscrowd: fc.boolean(),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
};

const polygons: fc.Arbitrary<Json> = fc.array(record({ vertices: fc.array(points, { maxLength: 3 }) }), {
  maxLength: 2,
});
const keypoints: fc.Arbitrary<Json> = fc.array(record({ x: numbers, y: numbers, name: fc.constantFrom('a', 'b') }), {
  maxLength: 3,
});

const shapes: [type: string, attributes: fc.Arbitrary<JsonObject>][] = [
  ['BBOX_2D', record({ top: numbers, left: numbers, width: sizes, height: sizes }, { area: sizes, ...userAttributes })],
  [
    'LINE_SEGMENT_2D',
    record({ x1: numbers, y1: numbers, x2: numbers, y2: numbers }, { link__next: ids, ...userAttributes }),
  ],
  [
    'KEYPOINTS_2D',
    record(
      { keypoints },
      { top: numbers, left: numbers, width: sizes, height: sizes, polygons, center: points, ...userAttributes },
    ),
  ],
  ['POLYGON_LIST_2D', record({ polygons, center: fc.option(points) }, userAttributes)],
  ['SEMANTIC_LABEL_URL_2D', record({ url: urls }, { resize_mode: resizeMode })],
  ['SEMANTIC_LABEL_ASSET_2D', record({ asset_uuid: fc.constant('mask'), resize_mode: resizeMode })],
  ['INSTANCE_LABEL_URL_2D', record({ url: urls }, { resize_mode: resizeMode })],
  ['INSTANCE_LABEL_2D', record({ id: fc.nat() }, { resize_mode: resizeMode, standing: userValue, ...userAttributes })],
  ['CLASSIFICATION_2D', record({}, { colour: fc.constantFrom('red', 'blue'), ...userAttributes })],
  ['CLASSIFICATION_3D', record({}, userAttributes)],
  [
    'CUBOID_3D',
    record(
      {
        ...{ pos_x: numbers, pos_y: numbers, pos_z: numbers, dim_x: sizes, dim_y: sizes, dim_z: sizes },
        ...{ rot_x: numbers, rot_y: numbers, rot_z: numbers, rot_w: numbers },
      },
      userAttributes,
    ),
  ],
  [
    'TEXT_TOKEN',
    record({ index: fc.nat(), token: fc.string({ maxLength: 4 }), visible: fc.boolean() }, userAttributes),
  ],
];

const labelOf = ([label_type, attributes]: (typeof shapes)[number]): fc.Arbitrary<JsonObject> => {
  const isMask = label_type.includes('_URL_') || label_type.includes('_ASSET_');
  return record(
    {
      uuid: ids,
      label_type: fc.constant(label_type),
      label: isMask ? fc.constant('__mask') : fc.constantFrom(...CLASSES),
      label_coordinate_frame: fc.constantFrom('DEFAULT', 'world', null),
      attributes: attributes as fc.Arbitrary<Json>,
    },
    { class_id: fc.constantFrom(0, null), reuse_latest_embedding: fc.boolean(), linked_labels: fc.constant([]) },
  );
};

/** Whole labels of one frame, of every type. */
export const labelRows: fc.Arbitrary<JsonObject[]> = fc.uniqueArray(fc.oneof(...shapes.map(labelOf)), {
  maxLength: 5,
  selector: ({ uuid }) => uuid,
});

const sensorTypes: [type: string, urls: JsonObject][] = [
  ['IMAGE_V0', { image_url: 'http://h/1.png', preview_url: `${PUBLIC_URL}/objects/p` }],
  ['IMAGE_OVERLAY_V0', { image_url: 'http://h/1.png' }],
  ['TEXT', { text: 'a text' }],
  ['POINTCLOUD_PCD_V0', { pcd_url: 'http://h/1.pcd' }],
  ['POINTCLOUD_V0', { pointcloud_url: 'http://h/1', range_url: 'http://h/r' }],
  ['OBJ_V0', { obj_url: 'http://h/1.obj' }],
  ['AUDIO_V0', { audio_url: 'http://h/1.wav' }],
  ['VIDEO_V0', { video_url: 's3://h/1.mp4' }],
];

const sensorRows: fc.Arbitrary<Json> = fc
  .uniqueArray(
    fc.tuple(ids, fc.constantFrom(...sensorTypes), record({}, { width: sizes, height: sizes, overlay_id: ids })),
    { maxLength: 3, selector: ([id]) => id },
  )
  .map((sensors) =>
    sensors.map(([sensor_id, [sensor_type, data_urls], metadata], index) => ({
      sensor_id,
      sensor_type,
      data_urls,
      coordinate_frame: sensor_id,
      date_captured: '2024-01-02',
      mirror_asset: index === 1,
      sensor_metadata: index === 0 ? null : metadata,
    })),
  );

const coordinateFrames: fc.Arbitrary<Json> = fc.constantFrom<Json[]>(
  [],
  [
    { coordinate_frame_id: 'DEFAULT', coordinate_frame_type: 'IMAGE' },
    { coordinate_frame_id: 'DEFAULT', coordinate_frame_type: 'IMAGE' },
  ],
  [
    {
      coordinate_frame_id: 'world',
      coordinate_frame_type: 'WORLD',
      coordinate_frame_metadata: '{"parent_frame_id": null}',
    },
  ],
  [
    {
      coordinate_frame_id: 'c',
      coordinate_frame_type: 'IMAGE_PROJECTION',
      coordinate_frame_metadata: { fx: 1, fy: 2, k1: null },
    },
  ],
);

/** The parts of a frame row beside its id, labels and kind of change. */
export const frameParts: fc.Arbitrary<JsonObject> = record(
  {
    date_captured: fc.constantFrom('2026-11-24 06:05:37.632406', '2024-01-02'),
    device_id: fc.string({ maxLength: 5 }),
    sensor_data: sensorRows,
    coordinate_frames: coordinateFrames,
    geo_data: fc.constantFrom<Json[]>({}, { geo_EPSG4326_lat: 1.5, geo_EPSG4326_lon: 2 }),
    reuse_latest_embedding: fc.boolean(),
    user_metadata_types: fc.constant({
      user__i: 'int',
      user__f: 'float',
      user__s: 'str',
      user__b: 'bool',
      user__l: 'int',
    }),
    user_metadata_modes: fc.constant({ user__l: 'list' }),
  },
  {
    user__i: fc.oneof(fc.integer(), longIntegers),
    user__f: fc.oneof(numbers, fc.constant(null)),
    user__s: fc.string({ maxLength: 5 }),
    user__b: fc.boolean(),
    user__l: fc.array(fc.integer(), { maxLength: 3 }),
  },
);

/** Any JSON, with names that rows have among its keys. */
export const hostileJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom<Json[]>(
      null,
      true,
      0,
      -1,
      NaN,
      'ADD',
      'MODIFY',
      'DELETE',
      'BBOX_2D',
      'IMAGE_V0',
      '__proto__',
      '',
      '{',
      2n ** 70n,
      '\ud800',
    ),
    fc.array(tie('json'), { maxLength: 3 }),
    fc
      .array(
        fc.tuple(
          fc.constantFrom(
            ...[
              'task_id',
              'change',
              'label_data',
              'inference_data',
              'inference_metadata',
              'user_metadata',
              'uuid',
              'attributes',
            ],
            ...[
              'label_type',
              'label',
              'sensor_data',
              'data_urls',
              'sensor_metadata',
              'coordinate_frames',
              'geo_data',
              'url',
            ],
            ...[
              'coordinate_frame_metadata',
              'explicitly_set_keys',
              'user_metadata_types',
              'user_metadata_modes',
              'custom_metrics',
            ],
            ...[
              'user__x',
              'user____proto__',
              '__proto__',
              'constructor',
              'link____proto__',
              'visualization_assets',
              'linked_labels',
            ],
          ),
          tie('json'),
        ),
        { maxLength: 6 },
      )
      .map((entries) => {
        const object: JsonObject = {};
        for (const [key, value] of entries) {
          Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
        }
        return object;
      }),
  ),
})).json;
