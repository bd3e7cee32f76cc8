import type { CoordinateFrame } from '../domain/frame';
import type { Json, JsonObject } from '../domain/json';
import { keptText, pythonJson, type PythonValue } from './python-json';

/** The root that the client makes for itself in every frame. */
export const WORLD = 'world';

/** A coordinate frame object of a frame object (protocol 6). */
export function coordinateFrameObject({ id, type, metadata }: CoordinateFrame): PythonValue {
  return {
    coordinate_frame_id: keptText(id),
    coordinate_frame_type: type,
    coordinate_frame_metadata: metadata === undefined ? undefined : pythonJson(metadata),
  };
}

/** True for the coordinate frames that the client rebuilds; the others it leaves to its own defaults. */
export function isRebuilt({ id, type }: CoordinateFrame): boolean {
  return type === 'IMAGE_PROJECTION' || (type === 'WORLD' && id !== WORLD);
}

/**
 * A coordinate frame with the metadata that the client's constructors take, without what they would refuse; null when
 * they would refuse the whole. Frames that the client does not rebuild stay as they are.
 */
export function readableCoordinateFrame(frame: CoordinateFrame): CoordinateFrame | null {
  if (!isRebuilt(frame)) return frame;
  const given = frame.metadata ?? {};
  const metadata = poseOf(given);
  if (typeof given.parent_frame_id === 'string') metadata.parent_frame_id = given.parent_frame_id;
  if (frame.type === 'IMAGE_PROJECTION') {
    const camera = cameraOf(given);
    if (camera === null || frame.id === WORLD) return null;
    Object.assign(metadata, camera);
  }
  return { id: frame.id, type: frame.type, metadata };
}

function poseOf(given: JsonObject): JsonObject {
  const pose: JsonObject = {};
  if (hasNumbers(given.position, ['x', 'y', 'z'])) pose.position = given.position;
  if (hasNumbers(given.orientation, ['w', 'x', 'y', 'z'])) pose.orientation = given.orientation;
  return pose;
}

const CAMERA_MODELS: readonly Json[] = ['brown_conrady', 'fisheye'];
const COEFFICIENTS = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'p1', 'p2', 's1', 's2', 's3', 's4', 'skew'] as const;

/** A camera's own parameters; null without usable focal lengths, which the client demands. */
function cameraOf(given: JsonObject): JsonObject | null {
  const { fx, fy, cx, cy, camera_model, camera_matrix } = given;
  if (!isNumber(fx) || !isNumber(fy) || fx === 0 || fy === 0) return null;
  const camera: JsonObject = { fx, fy };
  if (camera_model !== undefined && CAMERA_MODELS.includes(camera_model)) camera.camera_model = camera_model;
  if (isMatrix(camera_matrix)) camera.camera_matrix = camera_matrix;
  if (isNumber(cx) && isNumber(cy) && cx > 0 && cy > 0) Object.assign(camera, { cx, cy });
  for (const key of COEFFICIENTS) {
    const value = given[key];
    if (isNumber(value)) camera[key] = value;
  }
  return camera;
}

function isMatrix(value: Json | undefined): value is Json[] {
  const fourNumbers = (row: Json): boolean => Array.isArray(row) && row.length === 4 && row.every(isNumber);
  return Array.isArray(value) && value.length === 4 && value.every(fourNumbers);
}

function hasNumbers(value: Json | undefined, keys: readonly string[]): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return keys.every((key) => isNumber(value[key]));
}

function isNumber(value: Json | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
