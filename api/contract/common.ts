import { z } from 'zod';

/** Id of a project, dataset or set. */
export const Name = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,128}$/, 'Expected 1 to 128 letters, digits or underscores')
  .meta({ id: 'Name', description: 'Letters, digits and underscores', example: 'blood_cells' });

export const Timestamp = z.iso
  .datetime()
  .meta({ id: 'Timestamp', description: 'UTC, milliseconds', example: '2026-01-01T00:00:00.000Z' });

export const ContentHash = z
  .string()
  .regex(/^[0-9a-f]+$/)
  .meta({ id: 'ContentHash', description: 'Hash over ids and contents of the live frames, hex' });

const EXPECTED_SELECTOR = 'Expected a version number, a tag, latest or an ISO time with a zone';
const SELECTOR = 'A version number, a tag, `latest`, or an ISO time with a zone (its + sent as %2B)';

/** A version in a query or path. */
export const VersionText = z
  .string()
  .min(1, EXPECTED_SELECTOR)
  .max(128)
  .meta({ description: SELECTOR, example: 'latest' });

/** A version in a body, where a number may be a number. */
export const VersionValue = z
  .union(
    [z.number().int(EXPECTED_SELECTOR).min(0, EXPECTED_SELECTOR), z.string().min(1, EXPECTED_SELECTOR).max(128)],
    EXPECTED_SELECTOR,
  )
  .meta({ id: 'VersionSelector', description: SELECTOR });

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1000;

/** Page size in a query. */
export const Limit = z
  .string()
  .regex(/^(0*[1-9]\d{0,2}|1000)$/, `Expected a whole number from 1 to ${MAX_LIMIT}`)
  .transform(Number)
  .optional()
  .transform((limit) => limit ?? DEFAULT_LIMIT)
  .meta({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    description: 'The most items of one page',
  });

/** A cursor that is text. */
export const After = z
  .string()
  .min(1, 'Expected the next_cursor of the page before')
  .max(2048)
  .optional()
  .meta({ type: 'string', description: 'The next_cursor of the page before' });

/** A cursor that is a number: an item, a window or a version. */
export const AfterNumber = z
  .string()
  .regex(/^\d{1,15}$/, 'Expected the next_cursor of the page before')
  .transform(Number)
  .optional()
  .meta({ type: 'string', description: 'The next_cursor of the page before' });

/** A yes or no in a query; absent is no. */
export const Flag = z
  .enum(['true', 'false'])
  .optional()
  .transform((text) => text === 'true')
  .meta({ type: 'boolean', default: false });

export const Message = z
  .string()
  .max(1000, 'Expected at most 1000 characters')
  .meta({ description: 'What the change is for, for people' });

/** A page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({
    items: z.array(item),
    next_cursor: z.string().nullable().meta({ description: 'Send it as `after` for the next page; null at the end' }),
  });
}

export const IdempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .meta({ description: 'Sent again with the same body, the first answer comes back and nothing is done twice' }),
});

export const IfNoneMatchHeaders = z.object({
  'if-none-match': z.string().optional().meta({ description: 'The ETag of what the caller holds' }),
});

const pathId = (description: string) => z.string().meta({ description });
const projectId = pathId('Id of the project');
const datasetId = pathId('Id of the dataset');

export const ProjectPath = z.strictObject({ p: projectId });
export const DatasetPath = z.strictObject({ p: projectId, d: datasetId });
export const UploadPath = z.strictObject({ p: projectId, d: datasetId, u: pathId('Id of the upload') });
export const FramePath = z.strictObject({ p: projectId, d: datasetId, f: pathId('Id of the frame, percent-encoded') });
export const LabelPath = z.strictObject({ ...FramePath.shape, l: pathId('Id of the label, percent-encoded') });
export const TagPath = z.strictObject({ p: projectId, d: datasetId, name: pathId('Name of the tag') });
export const VersionPath = z.strictObject({ p: projectId, d: datasetId, v: VersionText });
export const KeyPath = z.strictObject({ k: pathId('Id of the key') });
