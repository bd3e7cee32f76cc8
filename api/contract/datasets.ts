import { z } from 'zod';
import { SCALAR_TYPES, type FieldType } from '../../domain/metadata-schema';
import {
  After,
  ContentHash,
  DatasetPath,
  IdempotencyHeaders,
  Limit,
  Name,
  pageOf,
  ProjectPath,
  Timestamp,
} from './common';
import { API_ROOT, endpoint } from './endpoint';
import { Deleting, ForceQuery } from './projects';

const FIELD_TYPES = SCALAR_TYPES.flatMap((type): FieldType[] => [type, `ARRAY<${type}>`]);

export const Mode = z.enum(['STREAMING', 'BATCH']).meta({ id: 'Mode' });
const MetadataField = z.enum(FIELD_TYPES as [FieldType, ...FieldType[]]).meta({ id: 'FieldType' });

export const NewDataset = z
  .strictObject({
    id: Name,
    mode: Mode.default('STREAMING'),
    metadata_schema: z.record(z.string(), MetadataField).optional().meta({
      description: 'Types of frame metadata fields; a field not named here takes the type of its first value',
    }),
  })
  .meta({ id: 'NewDataset' });

const CloneRef = z.strictObject({ dataset: Name, version: z.number().int(), upload_id: z.string() });
const EmbeddingSource = z.strictObject({ model: z.string().optional(), dimension: z.number().int() });

export const Dataset = z
  .strictObject({
    id: Name,
    project: Name,
    mode: Mode,
    state: z.enum(['ACTIVE', 'DELETING']),
    immutable: z.boolean().meta({ description: 'True once a BATCH dataset has its version' }),
    head: z.number().int().meta({ description: 'The newest version; 0 while there is none' }),
    counts: z.strictObject({ frames: z.number().int(), labels: z.number().int() }),
    content_hash: ContentHash,
    schema: z.strictObject({
      metadata: z.record(z.string(), MetadataField),
      frame_embedding: EmbeddingSource.optional(),
      label_embedding: EmbeddingSource.optional(),
    }),
    created_at: Timestamp,
    cloned_to: z.array(CloneRef),
    cloned_from: CloneRef.optional(),
  })
  .meta({ id: 'Dataset' });
export type DatasetBody = z.infer<typeof Dataset>;

const tag = 'Datasets';

export const datasetEndpoints = {
  create: endpoint({
    method: 'post',
    path: `${API_ROOT}/projects/{p}/datasets`,
    summary: 'Make a dataset',
    tag,
    role: 'writer',
    params: ProjectPath,
    headers: IdempotencyHeaders,
    body: NewDataset,
    answers: { 201: { description: 'Made; Location names it', schema: Dataset } },
    problems: ['dataset_exists', 'invalid_key'],
  }),
  list: endpoint({
    method: 'get',
    path: `${API_ROOT}/projects/{p}/datasets`,
    summary: "List a project's datasets",
    tag,
    role: 'reader',
    params: ProjectPath,
    query: z.strictObject({ after: After, limit: Limit }),
    answers: { 200: { description: 'By id', schema: pageOf(Dataset) } },
  }),
  get: endpoint({
    method: 'get',
    path: `${API_ROOT}/projects/{p}/datasets/{d}`,
    summary: 'Read a dataset',
    tag,
    role: 'reader',
    params: DatasetPath,
    answers: { 200: { description: 'The dataset', schema: Dataset } },
  }),
  remove: endpoint({
    method: 'delete',
    path: `${API_ROOT}/projects/{p}/datasets/{d}`,
    summary: 'Delete a dataset with all its versions',
    tag,
    role: 'admin',
    params: DatasetPath,
    query: ForceQuery,
    answers: { 202: { description: 'Hidden at once, its documents are being removed', schema: Deleting } },
  }),
};
