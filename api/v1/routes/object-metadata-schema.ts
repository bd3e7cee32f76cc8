import { z } from 'zod';
import { FIELD_TYPES, type FieldType } from '../../../domain/field-type';
import { metadataKeyProblem } from '../../../domain/ids';
import { MAX_METADATA_FIELDS } from '../../../domain/metadata-schema';
import { metadataKey } from '../../../v1/user-key';
import type { ApiDeps } from '../../deps';
import { invalidRequest } from '../../validate';
import { v1Route, type V1Route } from '../route';
import { objectMetadataSchema } from '../views/object-metadata-schema';

const Field = z.strictObject({ name: z.string().min(1), type: z.enum(FIELD_TYPES as [FieldType, ...FieldType[]]) });
const Body = z.strictObject({ schema: z.array(Field).max(MAX_METADATA_FIELDS) });

const PATH = '/projects/:p/datasets/:d/object_metadata_schema';

/** The types that label metadata is held to from their declaration on. */
export function objectMetadataSchemaRoutes({ store }: ApiDeps): V1Route[] {
  return [
    v1Route({
      method: 'get',
      path: PATH,
      role: 'reader',
      handle: async ({ params }) => objectMetadataSchema(await store.datasets.get(params.p ?? '', params.d ?? '')),
    }),

    v1Route({
      method: 'post',
      path: PATH,
      role: 'writer',
      body: Body,
      async handle({ params, body }) {
        const types = typesOf(body.schema);
        const { key } = await store.datasets.get(params.p ?? '', params.d ?? '');
        await store.datasets.declareLabelMetadata(key, types);
        return {};
      },
    }),
  ];
}

function typesOf(schema: z.output<typeof Field>[]): Record<string, FieldType> {
  const types = new Map<string, FieldType>();
  schema.forEach(({ name, type }, index) => {
    const problem = metadataKeyProblem(name);
    if (problem !== null) throw invalidRequest([{ path: `schema[${index}].name`, message: problem }]);
    const field = metadataKey(name);
    const before = types.get(field);
    if (before !== undefined && before !== type) {
      const message = `Expected one type for "${name}", got ${before} before and ${type} here`;
      throw invalidRequest([{ path: `schema[${index}].type`, message }]);
    }
    types.set(field, type);
  });
  return Object.fromEntries(types);
}
