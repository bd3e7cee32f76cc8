import type { DatasetSchema } from '../domain/metadata-schema';
import type { FrameContent, MetadataScalar, MetadataValue } from '../domain/frame';
import { isPythonInt, PythonFloat, type PythonValue } from './python-json';
import { userKey } from './user-key';

/** Keys that the client takes; it refuses a whole frame for another. */
const CLIENT_KEY = /^[A-Za-z0-9_]+$/;

/**
 * A frame's metadata as the client reads it: `user__` members at the top level of the frame object. Empty lists and
 * fields whose key the client cannot hold are left out (protocol 6).
 */
export function metadataMembers(
  metadata: FrameContent['metadata'],
  types: DatasetSchema['metadata'],
): Record<string, PythonValue> {
  const members: Record<string, PythonValue> = {};
  for (const [key, value] of Object.entries(metadata ?? {})) {
    if (!CLIENT_KEY.test(key) || (Array.isArray(value) && value.length === 0)) continue;
    const type = Object.hasOwn(types, key) ? types[key] : undefined;
    members[userKey(key)] = typedValue(value, type === 'FLOAT' || type === 'ARRAY<FLOAT>');
  }
  return members;
}

/** The client infers a field's type from its value, and refuses a list of integers and floats. */
function typedValue(value: MetadataValue, float: boolean): PythonValue {
  if (!Array.isArray(value)) return float ? asFloat(value) : value;
  const floats = float || value.some((entry) => isNumber(entry) && !isPythonInt(entry));
  return floats ? value.map(asFloat) : value;
}

function asFloat(value: MetadataScalar): PythonValue {
  return isNumber(value) ? new PythonFloat(value) : value;
}

function isNumber(value: MetadataScalar): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
