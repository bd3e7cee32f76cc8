import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Bytes of text that are gathered before they are written: a write for every line would cost more than the lines. */
const PIECE_BYTES = 64 * 1024;

export interface Download {
  type: string;
  /** Absent: to be read by a program. */
  filename?: string;
}

/**
 * Streams pieces of text, no faster than the client reads. What goes wrong before the first piece is an
 * ordinary problem; after it, the connection is cut, so that a part is never taken for the whole.
 */
export async function streamText(
  res: Response,
  { type, filename }: Download,
  pieces: AsyncIterable<string>,
): Promise<undefined> {
  if (filename !== undefined) res.set('Content-Disposition', `attachment; filename="${filename}"`);
  return streamAs(res, type, pieces);
}

/** As `streamText`, a JSON list that is an answer rather than a download: the pieces are its elements' texts. */
export function streamJsonList(res: Response, elements: AsyncIterable<string>): Promise<undefined> {
  return streamAs(res, 'application/json', listText(elements));
}

async function* listText(elements: AsyncIterable<string>): AsyncGenerator<string, void> {
  let separator = '[';
  for await (const element of elements) {
    yield separator + element;
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

async function streamAs(res: Response, type: string, pieces: AsyncIterable<string>): Promise<undefined> {
  res.status(200).set('Content-Type', `${type}; charset=utf-8`);
  res.set('Cache-Control', 'no-store');
  if (res.req.method === 'HEAD') return void res.end();
  const iterator = gather(pieces);
  const first = await iterator.next();
  try {
    await pipeline(Readable.from(chain(first, iterator)), res);
  } catch (error) {
    // The client left: there is nobody to tell.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

async function* chain(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void>,
): AsyncGenerator<string, void> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

async function* gather(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length < PIECE_BYTES) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
