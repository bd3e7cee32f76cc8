import { stringify as csv } from 'csv-stringify/sync';
import type { Response } from 'express';
import { parse, stringify } from 'lossless-json';
import type { ItemError } from '../store/records';
import { markTokens, unmarkTokens } from '../staging/bare-tokens';
import { ERROR_COLUMNS } from './contract/upload-results';
import { toJson } from './json';
import { streamText } from './stream-text';
import { errorBody } from './views/upload';

type StoredError = ItemError & { body?: string };

/**
 * The failed items of an upload, one a line: each as it was submitted, with `error` beside its fields. Mended, a line
 * can be submitted again; readers of items ignore `error`. An item whose body was not kept is its `error` alone.
 */
export function sendErrorsAsNdjson(
  res: Response,
  upload_id: string,
  errors: AsyncIterable<StoredError>,
): Promise<undefined> {
  const download = { type: 'application/x-ndjson', filename: `errors-${safe(upload_id)}.ndjson` };
  return streamText(res, download, lines(errors));
}

/** The failed items of an upload as a table, for people. */
export function sendErrorsAsCsv(
  res: Response,
  upload_id: string,
  errors: AsyncIterable<StoredError>,
): Promise<undefined> {
  return streamText(res, { type: 'text/csv', filename: `errors-${safe(upload_id)}.csv` }, rows(errors));
}

async function* lines(errors: AsyncIterable<StoredError>): AsyncGenerator<string, void> {
  for await (const error of errors) yield `${errorLine(error)}\n`;
}

async function* rows(errors: AsyncIterable<StoredError>): AsyncGenerator<string, void> {
  yield csv([ERROR_COLUMNS]);
  // A cell that a spreadsheet would take for a formula gets a quote in front.
  for await (const error of errors) yield csv([errorBody(error)], { columns: ERROR_COLUMNS, escape_formulas: true });
}

/**
 * The submitted text stays as it is, so that no digit of a number is lost; `error` is put in at its end. A line that is
 * no JSON object stands as `text` inside `error`, so that it can be found and mended.
 */
export function errorLine(error: StoredError): string {
  const record = errorBody(error);
  if (error.body === undefined) return `{"error":${toJson(record)}}`;
  const members = itemMembers(error.body.trim());
  if (members === undefined) return `{"error":${toJson({ ...record, text: error.body })}}`;
  return members === '' ? `{"error":${toJson(record)}}` : `{${members},"error":${toJson(record)}}`;
}

/** What stands between an item's braces, without an `error` from an earlier download; undefined when it is no JSON object. */
function itemMembers(body: string): string | undefined {
  const marked = markTokens(body);
  try {
    const item: unknown = JSON.parse(marked);
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
    return inside(Object.hasOwn(item, 'error') ? unmarkTokens(withoutError(marked)) : body);
  } catch {
    return undefined;
  }
}

function withoutError(item: string): string {
  const { error: _earlier, ...rest } = parse(item) as Record<string, unknown>;
  return stringify(rest) ?? '{}';
}

function inside(braces: string): string {
  return braces.slice(1, -1).trim();
}

function safe(upload_id: string): string {
  return upload_id.replace(/[^A-Za-z0-9_-]/g, '_');
}
