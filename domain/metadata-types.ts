import { describe, Problem, quote } from './problem';
import type { FieldType, ScalarType } from './field-type';
import type { Json } from './json';
import type { MetadataScalar, MetadataValue } from './frame';

/** The type that a field takes from its first value; undefined for an empty list, which fits any list. */
export function typeOfValue(field: string, value: MetadataValue): FieldType | undefined {
  if (!Array.isArray(value)) return nativeType(value);
  if (value.length === 0) return undefined;
  const type = nativeType(value[0]!);
  checkEntries(field, type, value);
  return `ARRAY<${type}>`;
}

/** Refuses a value of another type than its field has, also one that no type fits. */
export function checkType(field: string, type: FieldType, value: Json): void {
  if (Array.isArray(value)) {
    if (!type.startsWith('ARRAY<')) throw wrongType(field, type, value, '');
    checkEntries(field, type.slice('ARRAY<'.length, -1) as ScalarType, value);
  } else if (type.startsWith('ARRAY<') || !fits(type as ScalarType, value)) {
    throw wrongType(field, type, value, '');
  }
}

function checkEntries(field: string, type: ScalarType, entries: readonly Json[]): void {
  for (let i = 0; i < entries.length; i++) {
    if (!fits(type, entries[i]!)) throw wrongType(field, type, entries[i]!, `[${i}]`);
  }
}

/** An undeclared number is NUMERIC, whole or not: writers in many languages print 2.0 as 2. */
function nativeType(value: MetadataScalar): ScalarType {
  if (typeof value === 'string') return 'STRING';
  return typeof value === 'boolean' ? 'BOOL' : 'NUMERIC';
}

/** An integer fits a FLOAT field; a fraction does not fit an INTEGER field. */
function fits(type: ScalarType, value: Json): boolean {
  switch (type) {
    case 'STRING':
      return typeof value === 'string';
    case 'BOOL':
      return typeof value === 'boolean';
    case 'INTEGER':
      return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
    case 'FLOAT':
    case 'NUMERIC':
      return typeof value === 'number' || typeof value === 'bigint';
  }
}

function wrongType(field: string, type: FieldType, value: Json, place: string): Problem {
  const where = place === '' ? `metadata field ${quote(field)}` : `entries of metadata field ${quote(field)}`;
  const given =
    typeof value === 'object'
      ? describe(value)
      : `${givenType(value)} ${typeof value === 'string' ? quote(value) : value}`;
  return new Problem('wrong_metadata_type', `Expected ${type} for ${where}, got ${given}`, `metadata.${field}${place}`);
}

function givenType(value: MetadataScalar): ScalarType {
  if (typeof value === 'number') return Number.isInteger(value) ? 'INTEGER' : 'FLOAT';
  return typeof value === 'bigint' ? 'INTEGER' : nativeType(value);
}
