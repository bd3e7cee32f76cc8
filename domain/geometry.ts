import { checkFields, readList, readObject, readOptionalFlag } from './fields';
import { describe, inside, Problem } from './problem';
import { readCount, readNumber, readSize } from './numbers';
import { readOptionalText, readText } from './text';
import type { Json, JsonObject } from './json';
import type { LabelType } from './frame';

type ReadPart = (value: Json | undefined, path: string) => Json | undefined;

/** The geometry of a label in normal form: the keys of its type, in a fixed order. Pixels unless said otherwise. */
export function readGeometry(type: LabelType, value: Json | undefined): JsonObject {
  try {
    if (type === 'BBOX_2D') return readBox(readObject(value, ''));
    return readParts(value ?? {}, GEOMETRY[type]);
  } catch (error) {
    throw inside(error, 'geometry');
  }
}

const BOX_FIELDS: ReadonlySet<string> = new Set(['left', 'top', 'width', 'height', 'area']);

/** Boxes are most of all labels, so theirs is written out. */
function readBox(raw: JsonObject): JsonObject {
  checkFields(raw, BOX_FIELDS);
  const box: JsonObject = {
    left: readNumber(raw.left, 'left', 'number of pixels'),
    top: readNumber(raw.top, 'top', 'number of pixels'),
    width: readSize(raw.width, 'width'),
    height: readSize(raw.height, 'height'),
  };
  if (raw.area !== undefined && raw.area !== null) box.area = readSize(raw.area, 'area', 'number of square pixels');
  return box;
}

class Shape {
  readonly parts: [key: string, read: ReadPart][];
  readonly fields: ReadonlySet<string>;

  constructor(parts: Record<string, ReadPart>) {
    this.parts = Object.entries(parts);
    this.fields = new Set(Object.keys(parts));
  }
}

function readParts(value: Json, shape: Shape): JsonObject {
  const raw = readObject(value, '');
  checkFields(raw, shape.fields);
  const copy: JsonObject = {};
  for (const [key, read] of shape.parts) {
    const part = read(raw[key], key);
    if (part !== undefined) copy[key] = part;
  }
  return copy;
}

const number: ReadPart = (value, path) => readNumber(value, path);
const size: ReadPart = (value, path) => readSize(value, path);
const length: ReadPart = (value, path) => readSize(value, path, 'length');
const optionalNumber = optional(number);
const optionalSize = optional(size);

function optional(read: ReadPart): ReadPart {
  return (value, path) => (value === undefined || value === null ? undefined : read(value, path));
}

function listOf(read: (value: Json, path: string) => Json): ReadPart {
  return (value, path) => {
    if (value === undefined || value === null) {
      throw new Problem('missing_field', `Expected a list in ${path}, got nothing`, path);
    }
    return readList(value, path).map((entry, index) => read(entry, `${path}[${index}]`));
  };
}

function point(value: Json, path: string): Json {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new Problem('invalid_value', `Expected a point [x, y], got ${describe(value)}`, path);
  }
  return [readNumber(value[0], `${path}[0]`), readNumber(value[1], `${path}[1]`)];
}

function entry(shape: Shape): (value: Json, path: string) => Json {
  return (value, path) => {
    try {
      return readParts(value, shape);
    } catch (error) {
      throw inside(error, path);
    }
  };
}

const POLYGON = new Shape({ vertices: listOf(point) });
const KEYPOINT = new Shape({ x: number, y: number, name: readText });
const polygons = listOf(entry(POLYGON));
const center = optional((value, path) => point(value ?? null, path));

const NOTHING = new Shape({});
const URL_MASK = new Shape({ url: readText, resize_mode: readOptionalText });
const ASSET_MASK = new Shape({ asset_uuid: readText, resize_mode: readOptionalText });

const GEOMETRY: Record<Exclude<LabelType, 'BBOX_2D'>, Shape> = {
  LINE_SEGMENT_2D: new Shape({ x1: number, y1: number, x2: number, y2: number }),
  KEYPOINTS_2D: new Shape({
    keypoints: listOf(entry(KEYPOINT)),
    left: optionalNumber,
    top: optionalNumber,
    width: optionalSize,
    height: optionalSize,
    polygons: optional(polygons),
    center,
  }),
  POLYGON_LIST_2D: new Shape({ polygons, center }),
  SEMANTIC_LABEL_URL_2D: URL_MASK,
  SEMANTIC_LABEL_ASSET_2D: ASSET_MASK,
  INSTANCE_LABEL_URL_2D: URL_MASK,
  INSTANCE_LABEL_ASSET_2D: ASSET_MASK,
  // The value of this instance's pixels in the mask.
  INSTANCE_LABEL_2D: new Shape({ id: readCount, resize_mode: readOptionalText }),
  CLASSIFICATION_2D: NOTHING,
  CLASSIFICATION_3D: NOTHING,
  // Position and dimensions in the coordinate frame's unit, rotation as a quaternion.
  CUBOID_3D: new Shape({
    pos_x: number,
    pos_y: number,
    pos_z: number,
    dim_x: length,
    dim_y: length,
    dim_z: length,
    rot_x: number,
    rot_y: number,
    rot_z: number,
    rot_w: number,
  }),
  TEXT_TOKEN: new Shape({ index: readCount, token: readText, visible: readOptionalFlag }),
};
