import { z } from 'zod';
import { FramePath, IdempotencyHeaders, UploadPath } from './common';
import { MetadataField } from './datasets';
import { API_ROOT, endpoint } from './endpoint';

/** A frame or a part of one as it is sent; every field is checked item by item, by the rules of the domain. */
const SentFrame = z.record(z.string(), z.unknown()).meta({
  id: 'SentFrame',
  description: 'A frame as in the answer of a frame read, without version, dataset_version, hash and since',
});

const Item = z
  .strictObject({
    op: z.enum(['put', 'patch', 'delete']),
    frame_id: z.string(),
    frame: SentFrame.optional(),
    if_version: z
      .number()
      .int()
      .min(0)
      .optional()
      .meta({ description: 'Refuses the item when the frame changed since' }),
    keep_embeddings: z.boolean().optional(),
    if_missing: z.literal('skip').optional(),
    metadata_types: z.record(z.string(), MetadataField).optional().meta({
      description: 'Types that metadata fields take if this item is the first to fix them',
    }),
    non_finite: z.literal('tokens').optional().meta({
      description:
        'In label metadata and custom metrics only the bare tokens NaN and Infinity are such numbers, texts are not',
    }),
  })
  .meta({ id: 'Item' });

const Submitted = z
  .strictObject({
    first_index: z.number().int().min(0).meta({ description: 'Number of the first item in the upload' }),
    count: z.number().int().min(0),
  })
  .meta({ id: 'Submitted' });

const Write = z
  .strictObject({
    upload_id: z.string(),
    item: z.number().int().min(0),
    frame_id: z.string().optional(),
    state: z.enum(['APPLIED', 'UNCHANGED']).optional(),
    version: z.number().int().optional().meta({ description: 'The revision that the frame has now' }),
  })
  .meta({ id: 'Write' });

const writeHeaders = z.object({
  ...IdempotencyHeaders.shape,
  'if-match': z
    .string()
    .optional()
    .meta({ description: 'The ETag of the frame as it was read; a stale one is refused' }),
});
const writeQuery = z.strictObject({
  wait: z
    .string()
    .regex(/^\d{1,5}(\.\d{1,3})?(ms|s)?$/, 'Expected a time of at most 60 s, such as 5s or 500ms')
    .optional()
    .meta({ description: 'How long to wait for the outcome, at most 60s', example: '5s' }),
});
const writeAnswers = {
  200: { description: 'Applied, or unchanged', schema: Write },
  201: { description: 'Applied; the frame is new', schema: Write },
  202: { description: 'Durably taken; the outcome is not known yet', schema: Write },
};
const writeProblems = [
  'version_conflict',
  'dataset_archived',
  'dataset_immutable',
  'batch_only',
  'upload_cancelled',
  'shutting_down',
] as const;

const tag = 'Items';
const dataset = `${API_ROOT}/projects/{p}/datasets/{d}`;
const oneFrame = {
  path: `${dataset}/frames/{f}`,
  tag,
  role: 'writer',
  params: FramePath,
  query: writeQuery,
  headers: writeHeaders,
  answers: writeAnswers,
} as const;

/** Endpoints whose bodies are taken as streams. */
export const itemEndpoints = {
  post: endpoint({
    method: 'post',
    path: `${dataset}/uploads/{u}/items`,
    summary: 'Send items: NDJSON of any length, or a JSON item or array',
    tag,
    role: 'writer',
    params: UploadPath,
    headers: IdempotencyHeaders,
    stream: { 'application/x-ndjson': Item, 'application/json': z.union([Item, z.array(Item)]) },
    answers: { 202: { description: 'Every item is durably taken', schema: Submitted } },
    problems: ['dataset_archived', 'upload_closed', 'upload_cancelled', 'body_too_large', 'shutting_down'],
  }),
  put: endpoint({
    ...oneFrame,
    method: 'put',
    summary: 'Write one frame whole',
    stream: { 'application/json': SentFrame },
    problems: [...writeProblems, 'body_too_large'],
  }),
  patch: endpoint({
    ...oneFrame,
    method: 'patch',
    summary: 'Change parts of one frame',
    stream: { 'application/json': SentFrame },
    problems: [...writeProblems, 'frame_not_found', 'label_not_found', 'body_too_large'],
  }),
  remove: endpoint({
    ...oneFrame,
    method: 'delete',
    summary: 'Delete one frame',
    problems: [...writeProblems],
  }),
};
