import { checkFields, readList, readObject } from './fields';
import { COORDINATE_FRAME_TYPES } from './frame';
import { describe, inside, Problem, quote } from './problem';
import { readFreeObject } from './free-json';
import { readId } from './ids';
import type { CoordinateFrame, CoordinateFrameType } from './frame';
import type { Json } from './json';

const FIELDS: ReadonlySet<string> = new Set(['id', 'type', 'metadata']);
const TYPES: ReadonlySet<string> = new Set(COORDINATE_FRAME_TYPES);

/** The frame's coordinate frames in the order given; undefined when there are none. */
export function readCoordinateFrames(value: Json | undefined): CoordinateFrame[] | undefined {
  const raw = readList(value, 'coordinate_frames');
  if (raw.length === 0) return undefined;
  const seen = new Set<string>();
  return raw.map((entry, index) => {
    try {
      const frame = readCoordinateFrame(entry);
      if (seen.has(frame.id)) {
        throw new Problem('invalid_id', `Coordinate frame id ${quote(frame.id)} is used twice in the frame`, 'id');
      }
      seen.add(frame.id);
      return frame;
    } catch (error) {
      throw inside(error, `coordinate_frames[${index}]`);
    }
  });
}

function readCoordinateFrame(value: Json): CoordinateFrame {
  const raw = readObject(value, '');
  checkFields(raw, FIELDS);
  const frame: CoordinateFrame = { id: readId(raw.id, 'id'), type: readType(raw.type) };
  const metadata = readFreeObject(raw.metadata, 'metadata', 'refuse');
  if (metadata !== undefined) frame.metadata = metadata;
  return frame;
}

function readType(value: Json | undefined): CoordinateFrameType {
  if (typeof value === 'string' && TYPES.has(value)) return value as CoordinateFrameType;
  const code = value === undefined || value === null ? 'missing_field' : 'invalid_value';
  const expected = `Expected a coordinate frame type (${COORDINATE_FRAME_TYPES.join(', ')})`;
  throw new Problem(code, `${expected}, got ${describe(value)}`, 'type');
}
