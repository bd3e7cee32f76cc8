import { LABEL_TYPES } from '../../domain/frame';
import { Problem } from '../../domain/problem';
import { readGeometry } from '../../domain/geometry';
import type { Json, JsonObject } from '../../domain/json';
import type { LabelType } from '../../domain/frame';

const cuboid = {
  pos_x: 1,
  pos_y: -2,
  pos_z: 3.5,
  dim_x: 0,
  dim_y: 1,
  dim_z: 2,
  rot_x: 0,
  rot_y: 0,
  rot_z: 0,
  rot_w: 1,
};

/** One full geometry of every type, in the order of normal form. */
const FULL: Record<LabelType, JsonObject> = {
  BBOX_2D: { left: 1, top: 2, width: 3, height: 4, area: 12 },
  LINE_SEGMENT_2D: { x1: 0, y1: -1, x2: 2, y2: 3 },
  KEYPOINTS_2D: {
    keypoints: [{ x: 1, y: 2, name: 'nose' }],
    left: 0,
    top: 0,
    width: 1,
    height: 1,
    polygons: [{ vertices: [[0, 0]] }],
    center: [1, 1],
  },
  POLYGON_LIST_2D: {
    polygons: [
      {
        vertices: [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      },
    ],
    center: [0.5, 0.5],
  },
  SEMANTIC_LABEL_URL_2D: { url: 'http://h/m.png', resize_mode: 'fill' },
  SEMANTIC_LABEL_ASSET_2D: { asset_uuid: 'a-1', resize_mode: 'fill' },
  INSTANCE_LABEL_URL_2D: { url: 'http://h/m.png', resize_mode: 'fill' },
  INSTANCE_LABEL_ASSET_2D: { asset_uuid: 'a-1', resize_mode: 'fill' },
  INSTANCE_LABEL_2D: { id: 3, resize_mode: 'fill' },
  CLASSIFICATION_2D: {},
  CLASSIFICATION_3D: {},
  CUBOID_3D: cuboid,
  TEXT_TOKEN: { index: 0, token: 'the', visible: true },
};

function problemOf(type: LabelType, geometry: Json): Problem {
  try {
    readGeometry(type, geometry);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('Expected a problem, got a geometry');
}

describe('the geometry of every label type', () => {
  it.each(LABEL_TYPES)('reads all keys of %s, whatever their order', (type) => {
    const shuffled = Object.fromEntries(Object.entries(FULL[type]).reverse());
    expect(JSON.stringify(readGeometry(type, shuffled))).toBe(JSON.stringify(FULL[type]));
  });

  it.each(LABEL_TYPES)('refuses a key that %s does not have', (type) => {
    expect(problemOf(type, { ...FULL[type], zoom: 1 })).toMatchObject({ code: 'unknown_field', path: 'geometry.zoom' });
  });

  it.each([
    ['BBOX_2D', ['area']],
    ['KEYPOINTS_2D', ['left', 'top', 'width', 'height', 'polygons', 'center']],
    ['POLYGON_LIST_2D', ['center']],
    ['SEMANTIC_LABEL_URL_2D', ['resize_mode']],
    ['INSTANCE_LABEL_2D', ['resize_mode']],
    ['TEXT_TOKEN', ['visible']],
  ] as const)('lets %s go without %j', (type, optional) => {
    const nulled = { ...FULL[type], ...Object.fromEntries(optional.map((key) => [key, null])) };
    const rest = Object.fromEntries(Object.entries(FULL[type]).filter(([key]) => !optional.includes(key as never)));
    expect(readGeometry(type, nulled)).toEqual(rest);
    for (const key of Object.keys(rest)) {
      expect(problemOf(type, { ...FULL[type], [key]: null })).toMatchObject({
        code: 'missing_field',
        path: `geometry.${key}`,
      });
    }
  });

  it.each<[LabelType, Json, string, string]>([
    ['LINE_SEGMENT_2D', { x1: 0, y1: 0, x2: Infinity, y2: 0 }, 'invalid_number', 'geometry.x2'],
    ['KEYPOINTS_2D', { keypoints: [{ x: 1, y: 2, name: 3 }] }, 'invalid_value', 'geometry.keypoints[0].name'],
    ['KEYPOINTS_2D', { keypoints: [], width: -1 }, 'invalid_number', 'geometry.width'],
    ['KEYPOINTS_2D', { keypoints: {} }, 'invalid_value', 'geometry.keypoints'],
    [
      'POLYGON_LIST_2D',
      { polygons: [{ vertices: [[0, 0], [1]] }] },
      'invalid_value',
      'geometry.polygons[0].vertices[1]',
    ],
    [
      'POLYGON_LIST_2D',
      { polygons: [{ vertices: [[0, NaN]] }] },
      'invalid_number',
      'geometry.polygons[0].vertices[0][1]',
    ],
    ['POLYGON_LIST_2D', { polygons: [], center: [1, 2, 3] }, 'invalid_value', 'geometry.center'],
    ['CUBOID_3D', { ...cuboid, dim_x: -1 }, 'invalid_number', 'geometry.dim_x'],
    ['CUBOID_3D', { ...cuboid, rot_w: '1' }, 'invalid_value', 'geometry.rot_w'],
    ['TEXT_TOKEN', { index: 1.5, token: 'a' }, 'invalid_number', 'geometry.index'],
    ['INSTANCE_LABEL_2D', { id: -1 }, 'invalid_number', 'geometry.id'],
    ['BBOX_2D', { left: 2n ** 60n + 1n, top: 0, width: 0, height: 0 }, 'invalid_number', 'geometry.left'],
    ['CUBOID_3D', null, 'missing_field', 'geometry.pos_x'],
  ])('refuses %s %j', (type, geometry, code, path) => {
    expect(problemOf(type, geometry)).toMatchObject({ code, path });
  });
});
