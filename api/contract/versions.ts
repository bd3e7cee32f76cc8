import { z } from 'zod';
import {
  AfterNumber,
  ContentHash,
  DatasetPath,
  Limit,
  pageOf,
  TagPath,
  Timestamp,
  VersionPath,
  VersionText,
  VersionValue,
} from './common';
import { API_ROOT, endpoint } from './endpoint';
import { VERSION_PROBLEMS } from './frames';
import { outcomeCounts, UploadKind } from './uploads';

const count = z.number().int().min(0);

export const Version = z
  .strictObject({
    version: count,
    created_at: Timestamp.nullable().meta({ description: 'The publish instant; null at version 0' }),
    kind: z.union([UploadKind, z.literal('EMPTY')]),
    uploads: z.array(
      z.strictObject({
        upload_id: z.string(),
        kind: UploadKind,
        created_by: z.string(),
        message: z.string(),
        counts: z.strictObject(outcomeCounts),
      }),
    ),
    tags: z.array(z.string()),
    counts: z.strictObject({ added: count, updated: count, deleted: count, frames: count, labels: count }),
    content_hash: ContentHash,
    pruned: z.boolean(),
    base_version: count
      .optional()
      .meta({ description: 'Of inference sets: the version of the base dataset that it is about' }),
  })
  .meta({ id: 'Version' });
export type VersionBody = z.infer<typeof Version>;

const Tag = z.strictObject({ tag: z.string(), version: z.number().int() }).meta({ id: 'Tag' });

const Verification = z
  .strictObject({
    version: count,
    ok: z.boolean().meta({ description: 'True when every hash, recomputed, is the stored one' }),
    content_hash: ContentHash.meta({ description: 'As stored with the version' }),
    computed_hash: ContentHash.meta({ description: 'As computed from the frames now' }),
    frames: count.meta({ description: 'Frames that were read' }),
    mismatched: z.array(z.string()).meta({ description: 'The first 100 frames whose own hash is wrong' }),
  })
  .meta({ id: 'Verification' });

const tag = 'Versions';
const dataset = `${API_ROOT}/projects/{p}/datasets/{d}`;

export const versionEndpoints = {
  list: endpoint({
    method: 'get',
    path: `${dataset}/versions`,
    summary: 'List the versions, newest first',
    tag,
    role: 'reader',
    params: DatasetPath,
    query: z.strictObject({ after: AfterNumber, limit: Limit }),
    answers: { 200: { description: 'Newest first, without version 0', schema: pageOf(Version) } },
  }),
  get: endpoint({
    method: 'get',
    path: `${dataset}/versions/{v}`,
    summary: 'Read a version',
    tag,
    role: 'reader',
    params: VersionPath,
    answers: { 200: { description: 'The version', schema: Version } },
    problems: [...VERSION_PROBLEMS],
  }),
  putTag: endpoint({
    method: 'put',
    path: `${dataset}/tags/{name}`,
    summary: 'Put a tag on a version, or move it there',
    tag,
    role: 'writer',
    params: TagPath,
    body: z.strictObject({ version: VersionValue }),
    answers: { 200: { description: 'The tag', schema: Tag } },
    problems: [...VERSION_PROBLEMS, 'dataset_archived'],
  }),
  deleteTag: endpoint({
    method: 'delete',
    path: `${dataset}/tags/{name}`,
    summary: 'Take a tag away',
    tag,
    role: 'writer',
    params: TagPath,
    answers: { 204: { description: 'Gone' } },
    problems: ['tag_not_found', 'dataset_archived'],
  }),
  verify: endpoint({
    method: 'post',
    path: `${dataset}/verify`,
    summary: 'Recompute the content hash of a version from its frames',
    tag,
    role: 'reader',
    params: DatasetPath,
    body: z.strictObject({ version: VersionValue.optional() }),
    bodyOptional: true,
    answers: {
      200: {
        description:
          'What was found. While a large version is read, white space is sent before the JSON every 15 seconds',
        schema: Verification,
      },
    },
    problems: [...VERSION_PROBLEMS],
  }),
  export: endpoint({
    method: 'get',
    path: `${dataset}/export`,
    summary: 'Download a version as items that can be uploaded again',
    tag,
    role: 'reader',
    params: DatasetPath,
    query: z.strictObject({
      version: VersionText.optional(),
      format: z
        .string()
        .max(32)
        .default('ndjson')
        .meta({ enum: ['ndjson'] }),
      after: z.string().min(1).max(2048).optional().meta({ description: 'Goes on after this frame_id' }),
      embeddings: z
        .enum(['true', 'false'])
        .default('true')
        .transform((text) => text === 'true')
        .meta({ type: 'boolean', default: true }),
    }),
    answers: { 200: { description: 'One put item a line, in byte order of the ids', types: ['application/x-ndjson'] } },
    problems: [...VERSION_PROBLEMS, 'unsupported_format'],
  }),
};
