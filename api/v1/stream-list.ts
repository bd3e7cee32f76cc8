import type { Response } from 'express';
import type { Page } from '../../store/store';
import { toJson } from '../json';
import { streamText } from '../stream-text';

/** Answers with a JSON array of everything that a paged verb finds; a page at a time is in memory. */
export function streamList<T>(
  res: Response,
  read: (after: string | undefined) => Promise<Page<T>>,
  view: (record: T) => object,
): Promise<undefined> {
  return streamText(res, { type: 'application/json' }, arrayText(read, view));
}

async function* arrayText<T>(
  read: (after: string | undefined) => Promise<Page<T>>,
  view: (record: T) => object,
): AsyncGenerator<string, void> {
  let separator = '[';
  let after: string | undefined;
  do {
    const { items, next }: Page<T> = await read(after);
    for (const record of items) {
      yield separator + toJson(view(record));
      separator = ',';
    }
    after = next ?? undefined;
  } while (after !== undefined);
  yield separator === '[' ? '[]' : ']';
}
