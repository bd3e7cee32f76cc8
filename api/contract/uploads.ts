import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../../domain/error-codes';
import { After, DatasetPath, IdempotencyHeaders, Limit, Message, Name, pageOf, Timestamp, UploadPath } from './common';
import { Mode } from './datasets';
import { API_ROOT, endpoint } from './endpoint';

const count = z.number().int().min(0);
export const ItemCode = z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]).meta({ id: 'ItemErrorCode' });

export const UploadKind = z
  .enum(['STREAMING', 'BATCH', 'DIRECT', 'CLONE', 'ROLLBACK', 'REVERT'])
  .meta({ id: 'UploadKind' });
export const UploadState = z
  .enum(['OPEN', 'PROCESSING', 'DONE', 'PARTIAL', 'FAILED', 'CANCELLED'])
  .meta({ id: 'UploadState' });

/** Items by outcome. */
export const outcomeCounts = {
  applied: count,
  unchanged: count,
  failed: count,
  not_applied: count,
  frames: count.meta({ description: 'Frames of the items applied' }),
  labels: count.meta({ description: 'Labels of the items applied' }),
};

export const Upload = z
  .strictObject({
    upload_id: z.string(),
    kind: UploadKind,
    mode: Mode,
    state: UploadState,
    created_at: Timestamp,
    created_by: z.string().meta({ description: 'Id of the API key' }),
    message: z.string(),
    external_id: z.string().optional(),
    counts: z
      .strictObject({ received: count, ...outcomeCounts, pending: count })
      .meta({ description: 'received = applied + unchanged + failed + not_applied + pending' }),
    first_version: z.number().int().nullable(),
    last_version: z.number().int().nullable(),
    error: z.strictObject({ code: z.string(), message: z.string(), frames: z.array(z.string()).optional() }).optional(),
  })
  .meta({ id: 'Upload' });
export type UploadBody = z.infer<typeof Upload>;

export const Window = z
  .strictObject({
    window: count,
    state: z.enum(['PENDING', 'DONE', 'REFUSED', 'CANCELLED']),
    version: z.number().int().optional(),
    counts: z.strictObject({ received: count, ...outcomeCounts }),
  })
  .meta({ id: 'Window' });
export type WindowBody = z.infer<typeof Window>;

/** The answer that starts or names long work. */
export const UploadStarted = z.strictObject({ upload_id: z.string() }).meta({ id: 'UploadStarted' });
export const UPLOAD_LOCATION = 'Location names the upload';

export const NewUpload = z
  .strictObject({
    mode: Mode.optional().meta({ description: "The dataset's mode unless given" }),
    message: Message.default(''),
    external_id: Name.optional().meta({ description: 'The id of the upload in another system' }),
  })
  .meta({ id: 'NewUpload' });

const tag = 'Uploads';
const uploads = `${API_ROOT}/projects/{p}/datasets/{d}/uploads`;
const accepted = { 202: { description: UPLOAD_LOCATION, schema: Upload } };

export const uploadEndpoints = {
  open: endpoint({
    method: 'post',
    path: uploads,
    summary: 'Open an upload',
    tag,
    role: 'writer',
    params: DatasetPath,
    headers: IdempotencyHeaders,
    body: NewUpload,
    bodyOptional: true,
    answers: { 201: { description: UPLOAD_LOCATION, schema: UploadStarted } },
    problems: ['dataset_archived', 'dataset_immutable', 'batch_only'],
  }),
  list: endpoint({
    method: 'get',
    path: uploads,
    summary: "List a dataset's uploads, newest first",
    tag,
    role: 'reader',
    params: DatasetPath,
    query: z.strictObject({
      kind: UploadKind.optional(),
      state: UploadState.optional(),
      after: After,
      limit: Limit,
    }),
    answers: { 200: { description: 'Newest first', schema: pageOf(Upload) } },
  }),
  get: endpoint({
    method: 'get',
    path: `${uploads}/{u}`,
    summary: 'Read how an upload stands',
    tag,
    role: 'reader',
    params: UploadPath,
    answers: { 200: { description: 'The upload', schema: Upload } },
  }),
  close: endpoint({
    method: 'post',
    path: `${uploads}/{u}/close`,
    summary: 'Say that no more items will come',
    tag,
    role: 'writer',
    params: UploadPath,
    answers: accepted,
    problems: ['upload_cancelled', 'upload_closed'],
  }),
  cancel: endpoint({
    method: 'post',
    path: `${uploads}/{u}/cancel`,
    summary: 'Stop an upload; versions already committed stay',
    tag,
    role: 'writer',
    params: UploadPath,
    answers: accepted,
    problems: ['upload_finished'],
  }),
  retry: endpoint({
    method: 'post',
    path: `${uploads}/{u}/retry`,
    summary: 'Drive the FAILED items once more, after the cause was mended',
    tag,
    role: 'writer',
    params: UploadPath,
    answers: {
      202: {
        description: UPLOAD_LOCATION,
        schema: z.strictObject({ upload_id: z.string(), retried: count }).meta({ id: 'Retried' }),
      },
    },
    problems: ['nothing_to_retry', 'upload_not_finished', 'dataset_archived', 'dataset_immutable', 'batch_only'],
  }),
};
