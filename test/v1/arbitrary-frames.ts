import fc from 'fast-check';
import { COORDINATE_FRAME_TYPES } from '../../domain/frame';
import type { Json, JsonObject } from '../../domain/json';

export const CLASSES = ['cat', 'dog', 'true', '12'];

/** Ids that the old client can hold; some it would take for JSON. */
const ids = fc.oneof(
  fc.constantFrom(
    'DEFAULT',
    'left',
    'a b',
    'é',
    '123',
    '-1.5e3',
    ' 7 ',
    'true',
    'null',
    'NaN',
    '-Infinity',
    '"q"',
    '{',
  ),
  fc.stringMatching(/^[A-Za-z0-9 _.%&+;:'"\\{|}~-]{1,8}$/).filter((id) => id !== '.' && id !== '..'),
);

const numbers = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const sizes = fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }));
const texts = fc.oneof(fc.constantFrom('', 'train', '12', 'null', '/objects/x'), fc.string({ maxLength: 8 }));
const links = fc.constantFrom('gs://bucket/1.png', 's3://bucket/2.png', '/objects/abc_-1', 'ftp://host/x', 'nothing');
const dates = fc.constantFrom(
  '2024-01-02T03:04:05Z',
  '2024-01-02T03:04:05.1234567+01:00',
  '2024-01-02 03:04:05.12',
  '2024-01-02',
  '20240102',
  '20240102T030405Z',
  'yesterday',
  '2024-02-30',
  '2024-01-02T24:00:00',
  '2024',
  '',
);
const longIntegers = fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 63n - 1n });
const keys = fc.constantFrom('a', 'user__b', 'x_user__y', 'confidence', 'url', 'id', 'top', 'constructor');

const freeJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(texts, numbers, fc.boolean(), fc.constant(null), longIntegers, fc.constantFrom(NaN, Infinity, -Infinity)),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(keys, tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).json;

const freeObject = fc.dictionary(keys, freeJson, { maxKeys: 3, noNullPrototype: true });
const plainObject = fc.dictionary(
  fc.constantFrom('weather', 'id', 'top', 'constructor'),
  fc.oneof(texts, numbers, fc.boolean()),
  { maxKeys: 3, noNullPrototype: true },
);

const some = (model: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[] = []): fc.Arbitrary<JsonObject> =>
  fc.record(model, { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<JsonObject>;

const SENSOR_KINDS: Record<string, fc.Arbitrary<JsonObject>> = {
  IMAGE: some({ image_url: links, preview_url: links }, ['image_url']),
  IMAGE_OVERLAY: some({ image_url: links }, ['image_url']),
  TEXT: some({ text: texts.filter((text) => text !== '') }, ['text']),
  POINTCLOUD_PCD: some({ pcd_url: links }, ['pcd_url']),
  POINTCLOUD: fc.oneof(
    some({ pointcloud_url: links, kitti_format_url: links, intensity_url: links, range_url: links }, [
      'pointcloud_url',
    ]),
    some({ kitti_format_url: links, range_url: links }, ['kitti_format_url']),
  ),
  OBJ: some({ obj_url: links }, ['obj_url']),
  AUDIO: some({ audio_url: links }, ['audio_url']),
  VIDEO: some({ video_url: links }, ['video_url']),
};

const coordinateFrameIds = fc.oneof(fc.constantFrom('world', 'lidar', 'ego', 'DEFAULT'), ids);

const sensors = fc.uniqueArray(
  fc.constantFrom(...Object.keys(SENSOR_KINDS)).chain((type) =>
    some(
      {
        sensor_id: ids,
        type: fc.constant(type),
        urls: SENSOR_KINDS[type]!,
        width: sizes,
        height: sizes,
        metadata: some({
          overlay_id: fc.oneof(ids, fc.integer()),
          resize_mode: fc.constantFrom('fill', 'None'),
          x: texts,
        }),
        coordinate_frame: coordinateFrameIds,
        date_captured: dates,
        mirror_asset: fc.boolean(),
      },
      ['sensor_id', 'type', 'urls'],
    ),
  ),
  { maxLength: 4, selector: ({ sensor_id }) => sensor_id },
);

const point = fc.oneof(some({ x: numbers, y: numbers, z: numbers }, ['x', 'y', 'z']), fc.constantFrom('no', { x: 1 }));
const quaternion = fc.oneof(
  some({ w: numbers, x: numbers, y: numbers, z: numbers }, ['w', 'x', 'y', 'z']),
  fc.constantFrom('no', { x: 1 }),
);

const coordinateFrames = fc.uniqueArray(
  some(
    {
      id: coordinateFrameIds,
      type: fc.constantFrom(...COORDINATE_FRAME_TYPES, 'WORLD', 'IMAGE_PROJECTION', 'IMAGE_PROJECTION'),
      metadata: some({
        fx: fc.oneof(numbers, texts),
        fy: numbers,
        cx: numbers,
        cy: numbers,
        k1: fc.oneof(numbers, texts),
        skew: numbers,
        camera_model: fc.constantFrom('fisheye', 'brown_conrady', 'pinhole'),
        camera_matrix: fc.constantFrom(
          [[1]],
          Array.from({ length: 4 }, () => [1, 0, 0, 0.5]),
        ),
        position: point,
        orientation: quaternion,
        parent_frame_id: fc.constantFrom('world', 'ego', null),
        further: texts,
      }),
    },
    ['id', 'type'],
  ),
  { maxLength: 4, selector: ({ id }) => id },
);

const box = { left: numbers, top: numbers, width: sizes, height: sizes };
const polygons = fc.array(
  some({ vertices: fc.array(fc.tuple(numbers, numbers) as fc.Arbitrary<Json>, { maxLength: 3 }) }, ['vertices']),
  { maxLength: 2 },
);
const center = fc.tuple(numbers, numbers);
// The client does not tell an empty list of these from none.
const outlines = polygons.filter((list) => list.length > 0);
const keypoint = some({ x: numbers, y: numbers, name: fc.constantFrom('', 'nose', 'eye') }, ['x', 'y', 'name']);
const keypoints = fc.array(keypoint, { minLength: 1, maxLength: 3 });
const resize_mode = fc.constantFrom('fill', 'other');
const lengths = { dim_x: sizes, dim_y: sizes, dim_z: sizes };
const pose = { pos_x: numbers, pos_y: numbers, pos_z: numbers, rot_x: numbers, rot_y: numbers, rot_z: numbers };
const cuboid = { ...pose, ...lengths, rot_w: numbers };

const GEOMETRIES: Record<string, fc.Arbitrary<JsonObject>> = {
  BBOX_2D: some({ ...box, area: sizes }, Object.keys(box)),
  LINE_SEGMENT_2D: some({ x1: numbers, y1: numbers, x2: numbers, y2: numbers }, ['x1', 'y1', 'x2', 'y2']),
  KEYPOINTS_2D: fc.oneof(
    some({ keypoints, polygons: outlines, center }, ['keypoints']),
    some({ keypoints, ...box, polygons: outlines, center }, ['keypoints', ...Object.keys(box)]),
  ),
  POLYGON_LIST_2D: some({ polygons, center }, ['polygons']),
  SEMANTIC_LABEL_URL_2D: some({ url: links, resize_mode }, ['url']),
  SEMANTIC_LABEL_ASSET_2D: some({ asset_uuid: fc.constant('abc'), resize_mode }, ['asset_uuid']),
  INSTANCE_LABEL_URL_2D: some({ url: links, resize_mode }, ['url']),
  INSTANCE_LABEL_ASSET_2D: some({ asset_uuid: fc.constant('abc') }, ['asset_uuid']),
  INSTANCE_LABEL_2D: some({ id: fc.nat(200), resize_mode }, ['id']),
  CLASSIFICATION_2D: fc.constant({}),
  CLASSIFICATION_3D: fc.constant({}),
  CUBOID_3D: some(cuboid, Object.keys(cuboid)),
  TEXT_TOKEN: some({ index: fc.nat(), token: texts, visible: fc.boolean() }, ['index', 'token']),
};

export const LABEL_KINDS = Object.keys(GEOMETRIES);

const labels = fc.uniqueArray(
  fc.constantFrom(...LABEL_KINDS).chain((type) =>
    some(
      {
        label_id: ids,
        type: fc.constant(type),
        geometry: GEOMETRIES[type]!,
        ...(!/_(URL|ASSET)_/.test(type) && { class: fc.constantFrom(...CLASSES) }),
        sensor_id: ids,
        coordinate_frame_id: coordinateFrameIds,
        confidence: fc.double({ min: 0, max: 1, noNaN: true }),
        iscrowd: fc.boolean(),
        secondary: plainObject,
        links: plainObject,
        metadata: freeObject,
      },
      ['label_id', 'type', 'geometry', ...(/_(URL|ASSET)_/.test(type) ? [] : ['class'])],
    ),
  ),
  { maxLength: 5, selector: ({ label_id }) => label_id },
);

const list = (values: fc.Arbitrary<Json>): fc.Arbitrary<Json> => fc.array(values, { maxLength: 3 });

/** The metadata fields of the random frames, with their types. */
export const METADATA_TYPES = {
  split: 'STRING',
  ok: 'BOOL',
  whole: 'INTEGER',
  fraction: 'FLOAT',
  either: 'NUMERIC',
  user__b: 'STRING',
  x_user__y: 'FLOAT',
  'no client key': 'STRING',
  splits: 'ARRAY<STRING>',
  oks: 'ARRAY<BOOL>',
  wholes: 'ARRAY<INTEGER>',
  fractions: 'ARRAY<FLOAT>',
  eithers: 'ARRAY<NUMERIC>',
} as const;

const integers = fc.oneof(fc.integer(), longIntegers);

const metadata = some({
  split: texts,
  ok: fc.boolean(),
  whole: integers,
  fraction: fc.oneof(numbers, longIntegers),
  either: fc.oneof(numbers, longIntegers),
  user__b: texts,
  x_user__y: numbers,
  'no client key': texts,
  splits: list(texts),
  oks: list(fc.boolean()),
  wholes: list(integers),
  fractions: list(numbers),
  eithers: list(fc.oneof(numbers, longIntegers)),
});

/** Gives instances the ids that the client gives them, by which it finds their mask: the mask's with their pixel value. */
function withOwnMasks(frame: JsonObject): JsonObject {
  const given = (frame.labels ?? []) as JsonObject[];
  const mask = given.find(({ type }) => type === 'INSTANCE_LABEL_URL_2D' || type === 'INSTANCE_LABEL_ASSET_2D');
  if (mask === undefined) return frame;
  const used = new Set(given.map(({ label_id }) => label_id));
  const renamed = given.map((label): JsonObject => {
    const label_id = `${String(mask.label_id)}_${String((label.geometry as JsonObject).id)}`;
    if (label.type !== 'INSTANCE_LABEL_2D' || used.has(label_id)) return label;
    used.add(label_id);
    return { ...label, label_id };
  });
  return { ...frame, labels: renamed };
}

/** Whole frames as a native writer may send them, over all types that there are. */
export const arbitraryFrame: fc.Arbitrary<JsonObject> = some({
  date_captured: dates,
  device_id: texts,
  sensor_data: sensors,
  coordinate_frames: coordinateFrames,
  geo: some({ lat: numbers, lon: numbers }, ['lat', 'lon']),
  metadata,
  custom_metrics: freeObject,
  labels,
}).map(withOwnMasks);
