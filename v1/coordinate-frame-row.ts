import { equalJson } from '../domain/equal';
import { readList, readObject } from '../domain/fields';
import { describe, inside, Problem } from '../domain/problem';
import type { Json, JsonObject } from '../domain/json';
import { hasFields, setField } from './row-object';

/** The native coordinate frames of a row; the client may send the same one twice (protocol 5.2). */
export function coordinateFramesOfRow(value: Json | undefined): JsonObject[] {
  const frames: JsonObject[] = [];
  const first = new Map<Json | undefined, JsonObject>();
  readList(value, 'coordinate_frames').forEach((entry, index) => {
    try {
      const frame = coordinateFrameOfRow(readObject(entry, ''));
      const before = first.get(frame.id);
      if (before === undefined) first.set(frame.id, frame);
      if (before === undefined || !equalJson(before, frame)) frames.push(frame);
    } catch (error) {
      throw inside(error, `coordinate_frames[${index}]`);
    }
  });
  return frames;
}

function coordinateFrameOfRow(raw: JsonObject): JsonObject {
  const frame: JsonObject = {};
  if (raw.coordinate_frame_id !== undefined) frame.id = raw.coordinate_frame_id;
  if (raw.coordinate_frame_type !== undefined) frame.type = raw.coordinate_frame_type;
  const metadata = withoutNulls(readMetadata(raw.coordinate_frame_metadata));
  if (hasFields(metadata)) frame.metadata = metadata;
  return frame;
}

/** The metadata comes as JSON text, as an object, or not at all. */
function readMetadata(value: Json | undefined): JsonObject {
  if (value === undefined || value === null) return {};
  const path = 'coordinate_frame_metadata';
  return readObject(typeof value === 'string' ? parseText(value, path) : value, path);
}

function parseText(text: string, path: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Problem('invalid_value', `Expected an object as JSON text, got ${describe(text)}`, path);
  }
}

/** Null stands for what was not given: the root's parent, a camera's parameter. */
function withoutNulls(metadata: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const key in metadata) if (metadata[key] !== null) setField(kept, key, metadata[key]!);
  return kept;
}
