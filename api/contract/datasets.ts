import { z } from 'zod';
import { FIELD_TYPES, type FieldType } from '../../domain/field-type';
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

export const Mode = z.enum(['STREAMING', 'BATCH']).meta({ id: 'Mode' });
export const MetadataField = z.enum(FIELD_TYPES as [FieldType, ...FieldType[]]).meta({ id: 'FieldType' });

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
      label_metadata: z.record(z.string(), MetadataField).optional().meta({
        description: 'Declared types of label metadata; fields not named here are free JSON',
      }),
      frame_embedding: EmbeddingSource.optional(),
      label_embedding: EmbeddingSource.optional(),
    }),
    archived: z.boolean().meta({ description: 'Taken out of use: it can be read and takes no change' }),
    created_at: Timestamp,
    cloned_to: z.array(CloneRef),
    cloned_from: CloneRef.optional(),
    inference: z.strictObject({ base: Name, name: Name, base_version: z.number().int().nullable() }).optional().meta({
      description:
        'Of inference sets: the base dataset and the version that the set is pinned to; null until uploads to the base that were submitted earlier have ended',
    }),
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
    problems: ['project_archived', 'dataset_exists', 'invalid_key'],
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
    problems: ['dataset_pinned'],
  }),
};
