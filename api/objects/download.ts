import type { Request, RequestHandler, Response } from 'express';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { ObjectError } from '../../store/object-error';
import type { ObjectRecord, ObjectStore } from '../../store/objects';
import { parseRange, type ByteRange } from './byte-range';

/** What anybody may upload must not run in our origin, and viewers on other origins may read it. */
export const OBJECT_HEADERS = {
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Content-Length, Content-Range, ETag',
  'Accept-Ranges': 'bytes',
};

/** Serves an object or a range of it; objects never change. */
export function download(objects: ObjectStore): RequestHandler<{ object_id: string }> {
  return async (req, res) => {
    const { object_id } = req.params;
    const object = await objects.get(object_id);
    if (!object) throw new ObjectError('object_not_found', 'There is no object at this URL, or it was removed');
    if (object.state !== 'COMPLETE')
      throw new ObjectError(
        'object_incomplete',
        'The object at this URL is not uploaded to its end yet; try again then',
      );
    const size = object.size ?? object.received;
    const etag = `"${object_id}"`;
    res.set({ ...OBJECT_HEADERS, ETag: etag, 'Cache-Control': 'private, max-age=3600, immutable' });
    if (namesEtag(req.headers['if-none-match'], etag)) return void res.status(304).end();
    const range = wantedRange(req, etag, size);
    if (range === 'unsatisfiable') return void res.status(416).set('Content-Range', `bytes */${size}`).end();
    describe(res, object);
    const { start, end } = range ?? { start: 0, end: size - 1 };
    // The old client wants it on every answer to a request for a range, and it does no harm on others.
    if (size > 0) res.set('Content-Range', `bytes ${start}-${end}/${size}`);
    res.status(range ? 206 : 200).set('Content-Length', String(end - start + 1));
    if (req.method === 'HEAD' || size === 0) return void res.end();
    await send(res, objects.read(object_id, { start, end }));
  };
}

/** Lets scripts of other origins ask for ranges. */
export const preflight: RequestHandler = (_req, res) => {
  res.set({
    ...OBJECT_HEADERS,
    'Access-Control-Allow-Methods': 'GET, HEAD',
    'Access-Control-Allow-Headers': 'Range, If-Range, If-None-Match',
    'Access-Control-Max-Age': '86400',
  });
  res.status(204).end();
};

function wantedRange(req: Request, etag: string, size: number): ByteRange | 'unsatisfiable' | null {
  const { range } = req.headers;
  const ifRange = req.headers['if-range'];
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return null;
  return parseRange(range, size);
}

function namesEtag(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((one) => [etag, `W/${etag}`, '*'].includes(one.trim()));
}

/** What is not known to be harmless is offered for saving, never shown. */
function describe(res: Response, { content_type, filename }: ObjectRecord): void {
  if (content_type === undefined) res.attachment(filename);
  res.type(content_type ?? 'application/octet-stream');
}

/** Sends pieces no faster than the client reads. */
async function send(res: Response, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const first = await next(pieces[Symbol.asyncIterator]());
  try {
    // As bytes, not as objects, of which a stream would fetch sixteen in advance.
    await pipeline(Readable.from(first, { objectMode: false, highWaterMark: 1 }), res);
  } catch (error) {
    // The client left: there is nobody to tell.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

/** The same pieces once the first has come, so that what goes wrong before it is still answered. */
async function next(pieces: AsyncIterator<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const first = await pieces.next();
  return (async function* () {
    for (let piece = first; piece.done !== true; piece = await pieces.next()) yield piece.value;
  })();
}
