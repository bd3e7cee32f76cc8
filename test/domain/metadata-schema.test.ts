import fc from 'fast-check';
import { SCALAR_TYPES, type ScalarType } from '../../domain/field-type';
import {
  applyFixes,
  checkSchema,
  EMPTY_SCHEMA,
  hasFixes,
  MAX_METADATA_FIELDS,
  mergeSchemas,
} from '../../domain/metadata-schema';
import { good, patch, put } from '../support/read';
import type { FieldType } from '../../domain/field-type';
import type { DatasetSchema, SchemaFixes } from '../../domain/metadata-schema';
import type { Item, ItemFailure } from '../../domain/item';
import type { Json } from '../../domain/json';

function fixesOf(schema: DatasetSchema, item: Item): SchemaFixes {
  const checked = checkSchema(schema, item);
  if ('fixes' in checked) return checked.fixes;
  throw new Error(`Expected fixes, got ${JSON.stringify(checked.failure)}`);
}

function failureOf(schema: DatasetSchema, item: Item): ItemFailure {
  const checked = checkSchema(schema, item);
  if ('failure' in checked) return checked.failure;
  throw new Error('Expected a failure, got fixes');
}

const withMetadata = (metadata: Json): Item => put('f', { metadata });
const fixed = (field: string, type: FieldType): DatasetSchema => ({ metadata: { [field]: type } });
const box = (label_id: string, embedding: Json): Json => ({
  label_id,
  type: 'BBOX_2D',
  class: 'WBC',
  geometry: { left: 0, top: 0, width: 0, height: 0 },
  embedding,
});

describe('the first value of a field', () => {
  it.each<[Json, FieldType | undefined]>([
    ['x', 'STRING'],
    [true, 'BOOL'],
    [1, 'NUMERIC'],
    [1.5, 'NUMERIC'],
    [9007199254740993n, 'NUMERIC'],
    [['a'], 'ARRAY<STRING>'],
    [[false], 'ARRAY<BOOL>'],
    [[1, 2.5], 'ARRAY<NUMERIC>'],
    [[], undefined],
  ])('%j fixes %s', (value, type) => {
    expect(fixesOf(EMPTY_SCHEMA, withMetadata({ a: value }))).toEqual({
      metadata: type === undefined ? {} : { a: type },
    });
  });

  it('fixes keys that plain objects inherit like any other', () => {
    expect(fixesOf(EMPTY_SCHEMA, withMetadata({ constructor: 'x' }))).toEqual({ metadata: { constructor: 'STRING' } });
  });

  it('may not be a list of several types', () => {
    expect(failureOf(EMPTY_SCHEMA, withMetadata({ a: [1, 'x'] }))).toEqual({
      code: 'wrong_metadata_type',
      message: 'Expected NUMERIC for entries of metadata field "a", got STRING "x"',
      path: 'metadata.a[1]',
    });
  });
});

describe('a fixed type', () => {
  it.each<[FieldType, Json]>([
    ['STRING', ''],
    ['BOOL', false],
    ['NUMERIC', 1],
    ['NUMERIC', 1.5],
    ['INTEGER', 2],
    ['INTEGER', 9007199254740993n],
    ['FLOAT', 1.5],
    ['FLOAT', 1],
    ['ARRAY<INTEGER>', [1, 2]],
    ['ARRAY<FLOAT>', [1, 2.5]],
    ['ARRAY<STRING>', []],
  ])('%s accepts %j', (type, value) => {
    expect(hasFixes(fixesOf(fixed('a', type), withMetadata({ a: value })))).toBe(false);
  });

  it.each<[FieldType, Json, string, string]>([
    ['STRING', 1, 'Expected STRING for metadata field "a", got INTEGER 1', 'metadata.a'],
    ['BOOL', 'true', 'Expected BOOL for metadata field "a", got STRING "true"', 'metadata.a'],
    ['NUMERIC', '1', 'Expected NUMERIC for metadata field "a", got STRING "1"', 'metadata.a'],
    ['INTEGER', 1.5, 'Expected INTEGER for metadata field "a", got FLOAT 1.5', 'metadata.a'],
    ['FLOAT', true, 'Expected FLOAT for metadata field "a", got BOOL true', 'metadata.a'],
    ['NUMERIC', [1], 'Expected NUMERIC for metadata field "a", got a list of 1', 'metadata.a'],
    ['STRING', [], 'Expected STRING for metadata field "a", got a list of 0', 'metadata.a'],
    ['ARRAY<STRING>', 'x', 'Expected ARRAY<STRING> for metadata field "a", got STRING "x"', 'metadata.a'],
    ['ARRAY<INTEGER>', [1, 2.5], 'Expected INTEGER for entries of metadata field "a", got FLOAT 2.5', 'metadata.a[1]'],
  ])('%s refuses %j', (type, value, message, path) => {
    expect(failureOf(fixed('a', type), withMetadata({ a: value }))).toEqual({
      code: 'wrong_metadata_type',
      message,
      path,
    });
  });

  it('binds patches; a removed field has no type', () => {
    expect(failureOf(fixed('a', 'STRING'), patch('f', { metadata: { a: 1 } })).code).toBe('wrong_metadata_type');
    expect(hasFixes(fixesOf(fixed('a', 'STRING'), patch('f', { metadata: { a: null, b: null } })))).toBe(false);
    expect(fixesOf(EMPTY_SCHEMA, patch('f', { metadata: { b: 1 } }))).toEqual({ metadata: { b: 'NUMERIC' } });
    expect(hasFixes(fixesOf(EMPTY_SCHEMA, patch('f', { metadata: null })))).toBe(false);
  });

  it('binds nothing in a delete', () => {
    expect(hasFixes(fixesOf(fixed('a', 'STRING'), good({ op: 'delete', frame_id: 'f' })))).toBe(false);
  });
});

it('holds at most so many fields', () => {
  const many = (from: number, count: number): Json =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${from + index}`, 1]));
  const full = applyFixes(EMPTY_SCHEMA, fixesOf(EMPTY_SCHEMA, withMetadata(many(0, MAX_METADATA_FIELDS))));
  expect(failureOf(full, withMetadata({ extra: 1 }))).toMatchObject({
    code: 'too_many_fields',
    path: 'metadata.extra',
  });
  expect(hasFixes(fixesOf(full, withMetadata({ k0: 2 })))).toBe(false);
});

describe('the source of vectors', () => {
  const clip3: DatasetSchema = { metadata: {}, frame_embedding: { model: 'clip', dimension: 3 } };
  const silent3: DatasetSchema = { metadata: {}, frame_embedding: { dimension: 3 } };
  const frame = (embedding: Json): Item => put('f', { embedding });
  const named = (model: string, length = 3): Json => ({ model, vector: Array<number>(length).fill(1) });

  it('is fixed by the first vector, for frames and labels apart', () => {
    expect(fixesOf(EMPTY_SCHEMA, put('f', { embedding: [1, 2], labels: [box('a', named('m'))] }))).toEqual({
      metadata: {},
      frame_embedding: { dimension: 2 },
      label_embedding: { model: 'm', dimension: 3 },
    });
  });

  it('takes its model from the first that names one', () => {
    expect(fixesOf(silent3, frame(named('clip')))).toEqual({
      metadata: {},
      frame_embedding: { model: 'clip', dimension: 3 },
    });
    expect(hasFixes(fixesOf(clip3, frame([1, 2, 3])))).toBe(false);
    expect(hasFixes(fixesOf(silent3, frame([1, 2, 3])))).toBe(false);
  });

  it.each([
    [
      'another dimension',
      clip3,
      named('clip', 2),
      'Expected a vector of dimension 3 of the model "clip", as the frames of this dataset have, got a vector of dimension 2 of the model "clip"',
    ],
    [
      'another dimension without model',
      silent3,
      [1],
      'Expected a vector of dimension 3, as the frames of this dataset have, got a vector of dimension 1',
    ],
    [
      'another model',
      clip3,
      named('dino'),
      'Expected a vector of dimension 3 of the model "clip", as the frames of this dataset have, got a vector of dimension 3 of the model "dino"',
    ],
  ])('refuses %s', (_what, schema, embedding, message) => {
    expect(failureOf(schema, frame(embedding))).toEqual({ code: 'wrong_embedding', message, path: 'embedding' });
    expect(failureOf(schema, patch('f', { embedding })).code).toBe('wrong_embedding');
  });

  it('binds the labels of one item to each other, in puts and patches', () => {
    expect(failureOf(EMPTY_SCHEMA, put('f', { labels: [box('a', [1]), box('b', [1, 2])] }))).toMatchObject({
      path: 'labels[1].embedding',
      label_id: 'b',
    });
    const changes = { labels: { upsert: [box('a', [1])], merge: [{ label_id: 'b', embedding: [1, 2] }] } };
    expect(failureOf(EMPTY_SCHEMA, patch('f', changes))).toMatchObject({
      path: 'labels.merge[0].embedding',
      label_id: 'b',
    });
  });
});

describe('schemas in one', () => {
  it('let the earlier win and take a model that it does not name', () => {
    const earlier: DatasetSchema = {
      metadata: { a: 'STRING' },
      frame_embedding: { dimension: 3 },
      label_embedding: { dimension: 2 },
    };
    const later: DatasetSchema = {
      metadata: { a: 'BOOL', b: 'BOOL' },
      frame_embedding: { model: 'clip', dimension: 3 },
      label_embedding: { model: 'clip', dimension: 4 },
    };
    expect(mergeSchemas(earlier, later)).toEqual({
      metadata: { a: 'STRING', b: 'BOOL' },
      frame_embedding: { model: 'clip', dimension: 3 },
      label_embedding: { dimension: 2 },
    });
    expect(earlier.metadata).toEqual({ a: 'STRING' });
  });

  it('are what items fixed one after the other', () => {
    const items = [withMetadata({ a: 1 }), withMetadata({ b: ['x'] }), put('f', { embedding: [1] })];
    const schema = items.reduce((known, item) => applyFixes(known, fixesOf(known, item)), EMPTY_SCHEMA);
    expect(schema).toEqual({ metadata: { a: 'NUMERIC', b: 'ARRAY<STRING>' }, frame_embedding: { dimension: 1 } });
    expect(EMPTY_SCHEMA).toEqual({ metadata: {} });
  });
});

describe('declared types of label metadata', () => {
  const declared: DatasetSchema = { metadata: {}, label_metadata: { w: 'INTEGER', tags: 'ARRAY<STRING>', r: 'FLOAT' } };
  const label = (label_id: string, metadata: Json): Json => ({ ...(box(label_id, [1]) as object), metadata });
  const changes = (kind: 'upsert' | 'merge', metadata: Json): Item => {
    const one = kind === 'upsert' ? label('a', metadata) : { label_id: 'a', metadata };
    return patch('f', { labels: { [kind]: [one] } });
  };

  it.each<[Json]>([
    [{ w: 1, tags: ['a'], r: 1.5 }],
    [{ w: 9007199254740993n, tags: [], r: 2 }],
    [{ w: null, tags: null }],
    [{ r: 'NaN' }],
    [{ free: { deep: [1, 'x', null] }, constructor: 'x' }],
    [null],
  ])('take %j', (metadata) => {
    for (const item of [put('f', { labels: [label('a', metadata)] }), changes('upsert', metadata)]) {
      expect(fixesOf(declared, item)).toEqual({ metadata: {}, label_embedding: { dimension: 1 } });
    }
    expect(hasFixes(fixesOf(declared, changes('merge', metadata)))).toBe(false);
  });

  it.each<[Json, string, string]>([
    [{ w: 'x' }, 'Expected INTEGER for metadata field "w", got STRING "x"', 'w'],
    [{ w: 0.5 }, 'Expected INTEGER for metadata field "w", got FLOAT 0.5', 'w'],
    [{ w: 'NaN' }, 'Expected INTEGER for metadata field "w", got FLOAT NaN', 'w'],
    [{ w: { a: 1 } }, 'Expected INTEGER for metadata field "w", got an object', 'w'],
    [{ w: [1] }, 'Expected INTEGER for metadata field "w", got a list of 1', 'w'],
    [{ tags: 'a' }, 'Expected ARRAY<STRING> for metadata field "tags", got STRING "a"', 'tags'],
    [{ tags: ['a', null] }, 'Expected STRING for entries of metadata field "tags", got null', 'tags[1]'],
    [{ tags: [['a']] }, 'Expected STRING for entries of metadata field "tags", got a list of 1', 'tags[0]'],
  ])('refuse %j', (metadata, message, field) => {
    const failure = { code: 'wrong_metadata_type', message, label_id: 'a' };
    const whole = put('f', { labels: [label('0', null), label('a', metadata)] });
    expect(failureOf(declared, whole)).toEqual({ ...failure, path: `labels[1].metadata.${field}` });
    for (const kind of ['upsert', 'merge'] as const) {
      expect(failureOf(declared, changes(kind, metadata))).toEqual({
        ...failure,
        path: `labels.${kind}[0].metadata.${field}`,
      });
    }
  });

  it('do not bind frame metadata, deletes, or datasets without a declaration', () => {
    expect(fixesOf(declared, withMetadata({ w: 'x' })).metadata).toEqual({ w: 'STRING' });
    expect(hasFixes(fixesOf(declared, good({ op: 'delete', frame_id: 'f' })))).toBe(false);
    expect(fixesOf(EMPTY_SCHEMA, put('f', { labels: [label('a', { w: 'x' })] })).metadata).toEqual({});
  });

  it('stay when items fix more', () => {
    const fixes = fixesOf(declared, withMetadata({ a: 1 }));
    expect(applyFixes(declared, fixes)).toEqual({ ...declared, metadata: { a: 'NUMERIC' } });
    expect(mergeSchemas({ metadata: {} }, declared)).toEqual(declared);
    const other: DatasetSchema = { metadata: {}, label_metadata: { w: 'BOOL', z: 'BOOL' } };
    expect(mergeSchemas(declared, other).label_metadata).toEqual({ ...declared.label_metadata, z: 'BOOL' });
  });

  it('let through exactly the values of their types', () => {
    // Texts that name numbers which are not finite are read as these.
    const texts = fc.string().filter((text) => !['NaN', 'Infinity', '-Infinity'].includes(text));
    const values = fc.oneof(texts, fc.boolean(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const fits: Record<ScalarType, (value: unknown) => boolean> = {
      STRING: (value) => typeof value === 'string',
      BOOL: (value) => typeof value === 'boolean',
      INTEGER: Number.isInteger,
      FLOAT: (value) => typeof value === 'number',
      NUMERIC: (value) => typeof value === 'number',
    };
    fc.assert(
      fc.property(fc.constantFrom(...SCALAR_TYPES), fc.array(values), fc.boolean(), (type, list, whole) => {
        const schema: DatasetSchema = { metadata: {}, label_metadata: { k: whole ? type : `ARRAY<${type}>` } };
        const value = whole ? (list[0] ?? null) : list;
        const expected = whole ? list.length === 0 || fits[type](list[0]) : list.every(fits[type]);
        const item = put('f', { labels: [label('a', { k: value })] });
        expect('fixes' in checkSchema(schema, item)).toBe(expected);
      }),
    );
  });
});
