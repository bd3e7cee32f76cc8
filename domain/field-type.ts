import { describe, inside, Problem } from './problem';
import { metadataKeyProblem } from './ids';
import { readObject } from './fields';
import type { Json } from './json';

export const SCALAR_TYPES = ['STRING', 'BOOL', 'INTEGER', 'FLOAT', 'NUMERIC'] as const;
export type ScalarType = (typeof SCALAR_TYPES)[number];

/** `ARRAY<NUMERIC>` ...; an empty list alone fixes nothing. */
export type FieldType = ScalarType | `ARRAY<${ScalarType}>`;

export const FIELD_TYPES = SCALAR_TYPES.flatMap((type): FieldType[] => [type, `ARRAY<${type}>`]);

const KNOWN: ReadonlySet<unknown> = new Set(FIELD_TYPES);

/** An item's `metadata_types`: what its metadata fields become if it is the first to fix them. */
export function readMetadataTypes(value: Json | undefined): Record<string, FieldType> | undefined {
  if (value === undefined || value === null) return undefined;
  const raw = readObject(value, 'metadata_types');
  const types: Record<string, FieldType> = {};
  try {
    for (const key in raw) {
      const problem = metadataKeyProblem(key);
      if (problem !== null) throw new Problem('invalid_key', problem);
      if (!KNOWN.has(raw[key])) {
        throw new Problem(
          'invalid_value',
          `Expected a type (${FIELD_TYPES.join(', ')}), got ${describe(raw[key])}`,
          key,
        );
      }
      types[key] = raw[key] as FieldType;
    }
  } catch (error) {
    throw inside(error, 'metadata_types');
  }
  return types;
}
