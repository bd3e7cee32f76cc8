import { describe, inside, Problem } from '../domain/problem';
import { readObject } from '../domain/fields';
import type { Json, JsonObject } from '../domain/json';
import { setField } from './row-object';
import { isUserKey, metadataKey } from './user-key';

/** Native types by the client's names (protocol 5.2). */
const TYPES: ReadonlyMap<Json | undefined, string> = new Map<Json | undefined, string>([
  ['str', 'STRING'],
  ['int', 'INTEGER'],
  ['float', 'FLOAT'],
  ['bool', 'BOOL'],
]);

/** The keys of a row that are metadata, all of them. */
export function userKeys(row: JsonObject): string[] {
  const keys: string[] = [];
  for (const key in row) if (isUserKey(key)) keys.push(key);
  return keys;
}

/** Metadata fields by their native names; a field that the row does not have is null. */
export function metadataOfRow(row: JsonObject, keys: readonly string[]): JsonObject {
  const metadata: JsonObject = {};
  for (const key of keys) setField(metadata, metadataKey(key), Object.hasOwn(row, key) ? row[key]! : null);
  return metadata;
}

/** The types that the client says fields have, as an item's `metadata_types`; undefined when it says none. */
export function metadataTypesOfRow(row: JsonObject, keys: readonly string[]): JsonObject | undefined {
  const given = optionalObject(row.user_metadata_types, 'user_metadata_types');
  if (given === undefined) return undefined;
  const modes = optionalObject(row.user_metadata_modes, 'user_metadata_modes');
  let types: JsonObject | undefined;
  for (const key of keys) {
    if (!Object.hasOwn(given, key) || given[key] === null) continue;
    try {
      const isList = modes !== undefined && Object.hasOwn(modes, key) && modes[key] === 'list';
      setField((types ??= {}), metadataKey(key), typeOf(given[key], isList));
    } catch (error) {
      throw inside(inside(error, key), 'user_metadata_types');
    }
  }
  return types;
}

function typeOf(name: Json | undefined, isList: boolean): string {
  const type = TYPES.get(name);
  if (type !== undefined) return isList ? `ARRAY<${type}>` : type;
  throw new Problem('invalid_value', `Expected a type (${[...TYPES.keys()].join(', ')}), got ${describe(name)}`);
}

function optionalObject(value: Json | undefined, path: string): JsonObject | undefined {
  return value === undefined || value === null ? undefined : readObject(value, path);
}
