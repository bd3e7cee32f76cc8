import { parse, stringify } from 'lossless-json';
import type { Json, JsonObject } from '../../domain/json';
import { numberOf } from '../../domain/numbers';

/** JSON of the user's own as text: as a document it could have no key with "." or "$" and would lose long integers. */
export function toText(value: Json): string {
  return stringify(value) ?? 'null';
}

/** What `toText` has written. */
export function fromText(text: string): Json {
  return parse(text, null, numberOf) as Json;
}

/** An object that `toText` has written; empty when none was. */
export function objectFromText(text: string | undefined): JsonObject {
  return text === undefined ? {} : (fromText(text) as JsonObject);
}
