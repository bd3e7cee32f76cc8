import type { Request, RequestHandler, Response } from 'express';
import type { ObjectStore } from '../../store/objects';
import { bodyPieces, checkEncoding, discardRest } from '../intake/request-body';
import type { IntakeLimits } from '../intake/limits';
import { ApiProblem } from '../problem';
import { parseContentRange, type ContentRange } from './content-range';
import { uploadUrl } from './urls';

export interface UploadDeps {
  objects: ObjectStore;
  publicUrl: () => string;
  limits: Pick<IntakeLimits, 'idleMs' | 'lingerMs'>;
}

/** Begins a resumable upload: 201 with the URL that its chunks go to. */
export function initiate({ objects, publicUrl, limits }: UploadDeps): RequestHandler<{ token: string }> {
  return async (req, res) => {
    discardRest(req, limits.lingerMs);
    const { token } = req.params;
    await objects.begin(token, announcedLength(req));
    res
      .status(201)
      .set({ Location: uploadUrl(publicUrl(), token), 'Cache-Control': 'no-store' })
      .end();
  };
}

/** Takes a chunk, a whole object, or the question where an interrupted upload goes on. */
export function put({ objects, limits }: UploadDeps): RequestHandler<{ token: string }> {
  return async (req, res) => {
    const { token } = req.params;
    try {
      if (checkEncoding(req) === 'gzip')
        throw new ApiProblem('unsupported_encoding', 'Objects are stored as they are sent; send this one without gzip');
      const range = contentRange(req);
      if (range?.kind === 'question') return goOn(res, await objects.resumeAt(token));
      if (range === undefined) {
        await objects.putWhole(token, bodyPieces(req, limits), bodyLength(req));
        return done(res);
      }
      const { received, complete } = await objects.append(token, range.chunk, bodyPieces(req, limits));
      return complete ? done(res) : goOn(res, received);
    } finally {
      discardRest(req, limits.lingerMs);
    }
  };
}

/** The client sends the next chunk. Never with a Location: the client would follow it, and lose what it has sent. */
function goOn(res: Response, received: number): void {
  if (received > 0) res.set('Range', `bytes=0-${received - 1}`);
  res.status(308).set({ 'Content-Length': '0', 'Cache-Control': 'no-store' }).end();
}

/** Nothing but 200 ends an upload. */
function done(res: Response): void {
  res.status(200).set({ 'Content-Length': '0', 'Cache-Control': 'no-store' }).end();
}

function contentRange(req: Request): ContentRange | undefined {
  const header = req.headers['content-range'];
  if (header === undefined) return undefined;
  const range = parseContentRange(header);
  if (range) return range;
  const expected = 'bytes <first>-<last>/<total> with first <= last < total, or bytes */* to ask what is stored';
  throw new ApiProblem('invalid_request', `The header Content-Range is "${header}", expected ${expected}`, {
    status: 400,
  });
}

/** Undefined for a body of chunked transfer encoding. */
function bodyLength(req: Request): number | undefined {
  const header = req.headers['content-length'];
  return header === undefined ? undefined : Number(header);
}

function announcedLength(req: Request): number | null {
  const header = req.headers['x-upload-content-length'];
  if (header === undefined) return null;
  if (typeof header === 'string' && /^\d+$/.test(header)) return Number(header);
  const detail = `The header X-Upload-Content-Length is "${String(header)}", expected the number of bytes that will come`;
  throw new ApiProblem('invalid_request', detail, { status: 400 });
}
