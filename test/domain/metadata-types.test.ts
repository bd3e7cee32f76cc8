import { checkSchema, EMPTY_SCHEMA } from '../../domain/metadata-schema';
import { failureOf, good } from '../support/read';
import type { Json } from '../../domain/json';

const itemOf = (metadata: Json, metadata_types: Json) => good({ frame_id: 'f', frame: { metadata }, metadata_types });

describe('metadata_types', () => {
  it('says what a field becomes that no value has fixed', () => {
    const item = itemOf({ n: 1, x: 2, list: [1, 2], text: 'a' }, { n: 'INTEGER', x: 'FLOAT', list: 'ARRAY<FLOAT>' });
    expect(checkSchema(EMPTY_SCHEMA, item)).toEqual({
      fixes: { metadata: { n: 'INTEGER', x: 'FLOAT', list: 'ARRAY<FLOAT>', text: 'STRING' } },
    });
  });

  it('changes no field that is fixed', () => {
    const item = itemOf({ n: 1 }, { n: 'FLOAT' });
    expect(checkSchema({ metadata: { n: 'INTEGER' } }, item)).toEqual({ fixes: { metadata: {} } });
  });

  it.each<[Json, Json, string]>([
    [{ n: 1.5 }, { n: 'INTEGER' }, 'metadata.n'],
    [{ n: ['a'] }, { n: 'ARRAY<BOOL>' }, 'metadata.n[0]'],
  ])('fails where the value %j is not of the type %j', (metadata, types, path) => {
    expect(checkSchema(EMPTY_SCHEMA, itemOf(metadata, types))).toMatchObject({
      failure: { code: 'wrong_metadata_type', path },
    });
  });

  it.each<[Json, string, string]>([
    [{ n: 'int' }, 'invalid_value', 'metadata_types.n'],
    [{ $n: 'INTEGER' }, 'invalid_key', 'metadata_types'],
    [['INTEGER'], 'invalid_value', 'metadata_types'],
  ])('refuses %j', (metadata_types, code, path) => {
    expect(failureOf({ frame_id: 'f', frame: {}, metadata_types })).toMatchObject({ code, path });
  });
});
