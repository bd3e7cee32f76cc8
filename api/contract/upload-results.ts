import { z } from 'zod';
import { AfterNumber, Limit, pageOf, UploadPath } from './common';
import { API_ROOT, endpoint } from './endpoint';
import { ItemCode, Window } from './uploads';

export const ItemState = z.enum(['PENDING', 'APPLIED', 'UNCHANGED', 'FAILED', 'NOT_APPLIED']).meta({ id: 'ItemState' });

export const ItemOutcome = z
  .strictObject({
    item: z.number().int().min(0).meta({ description: 'Counts from 0 over the upload' }),
    op: z.enum(['put', 'patch', 'delete', 'restore']).nullable(),
    frame_id: z.string().nullable(),
    label_ids: z.array(z.string()),
    state: ItemState,
    version: z.number().int().optional(),
    code: ItemCode.optional(),
  })
  .meta({ id: 'ItemOutcome' });
export type ItemOutcomeBody = z.infer<typeof ItemOutcome>;

export const ErrorRecord = z
  .strictObject({
    item: z.number().int().min(0),
    line: z
      .number()
      .int()
      .min(1)
      .nullable()
      .meta({ description: 'Counts from 1 within the post, blank lines included' }),
    frame_id: z.string().nullable(),
    label_id: z.string().optional(),
    code: ItemCode,
    message: z.string(),
    path: z
      .string()
      .nullable()
      .meta({ description: 'The place in the item; null for all of it', example: 'labels[3].geometry.width' }),
    attempts: z.number().int(),
    window: z.number().int(),
  })
  .meta({ id: 'ErrorRecord' });
export type ErrorRecordBody = z.infer<typeof ErrorRecord>;

/** The columns of the CSV download, in order. */
export const ERROR_COLUMNS = Object.keys(ErrorRecord.shape) as (keyof ErrorRecordBody)[];

const tag = 'Uploads';
const upload = `${API_ROOT}/projects/{p}/datasets/{d}/uploads/{u}`;

export const uploadResultEndpoints = {
  windows: endpoint({
    method: 'get',
    path: `${upload}/windows`,
    summary: 'List the windows that the items committed in',
    tag,
    role: 'reader',
    params: UploadPath,
    query: z.strictObject({ after: AfterNumber, limit: Limit }),
    answers: { 200: { description: 'In order', schema: pageOf(Window) } },
  }),
  items: endpoint({
    method: 'get',
    path: `${upload}/items`,
    summary: 'List the items with what became of each',
    tag,
    role: 'reader',
    params: UploadPath,
    query: z.strictObject({
      state: ItemState.optional(),
      q: z.string().min(1).max(512).optional().meta({ description: 'Part of a frame id' }),
      after: AfterNumber,
      limit: Limit,
    }),
    answers: { 200: { description: 'In item order', schema: pageOf(ItemOutcome) } },
  }),
  errors: endpoint({
    method: 'get',
    path: `${upload}/errors`,
    summary: 'List or download why items failed; ndjson lines can be mended and submitted again',
    tag,
    role: 'reader',
    params: UploadPath,
    query: z.strictObject({
      format: z.enum(['json', 'ndjson', 'csv'], 'Expected json, ndjson or csv').default('json'),
      after: AfterNumber.meta({ description: 'Leaves out the items up to this one' }),
      limit: Limit.meta({ description: 'For json; the downloads hold every error' }),
    }),
    answers: {
      200: {
        description: 'A page as JSON; ndjson and csv are downloads',
        schema: pageOf(ErrorRecord),
        types: ['application/x-ndjson', 'text/csv'],
      },
    },
  }),
  events: endpoint({
    method: 'get',
    path: `${upload}/events`,
    summary: 'Follow the progress: `progress` events hold the upload as JSON, `end` the last',
    tag,
    role: 'reader',
    params: UploadPath,
    answers: { 200: { description: 'Server-sent events until the upload has ended', types: ['text/event-stream'] } },
  }),
};
