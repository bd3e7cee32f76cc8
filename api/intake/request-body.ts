import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ApiProblem } from '../problem';
import { ByteBuffer } from '../../staging/byte-buffer';
import type { IntakeLimits } from './limits';
import { PieceReader } from './piece-reader';

/** The client went away in the middle of its body: there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super('The client closed the connection before its body was complete');
    this.name = 'ClientGone';
  }
}

/**
 * The body in pieces, decompressed. Between two pieces the request is paused, so that whoever is slow to take them
 * slows the client down.
 * @throws ApiProblem unsupported_encoding, malformed_body (broken gzip), body_timeout (nothing came for `idleMs`)
 * @throws ClientGone
 */
export async function* bodyPieces(
  req: IncomingMessage,
  { idleMs }: Pick<IntakeLimits, 'idleMs'>,
): AsyncGenerator<Buffer, void> {
  const source = decoded(req);
  const reader = new PieceReader(source);
  try {
    for (;;) {
      const piece = await beforeIdle(req, reader.next(), idleMs);
      if (piece === null) return;
      yield piece;
    }
  } catch (error) {
    if (error instanceof ApiProblem) throw error;
    if (source === req || (req.destroyed && !req.complete)) throw new ClientGone();
    throw new ApiProblem('malformed_body', `The body is not valid gzip: ${messageOf(error)}; send it again`, {
      cause: error,
    });
  } finally {
    reader.detach();
    if (source !== req) {
      req.unpipe();
      source.destroy();
    }
  }
}

/**
 * The whole body, decompressed.
 * @throws ApiProblem body_too_large with the given advice when it has more than `maxBytes`; and as `bodyPieces`
 */
export async function wholeBody(
  req: IncomingMessage,
  limits: Pick<IntakeLimits, 'idleMs'>,
  maxBytes: number,
  advice: string,
): Promise<Buffer> {
  const tooLarge = () => new ApiProblem('body_too_large', `The body has more than ${maxBytes} bytes; ${advice}`);
  const announced = Number(req.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge();
  const body = new ByteBuffer(announced);
  for await (const piece of bodyPieces(req, limits)) {
    if (body.length + piece.length > maxBytes) throw tooLarge();
    body.append(piece);
  }
  return body.view();
}

/**
 * Reads away what a refused request still sends, for a while: a connection closed with unread bytes in it is reset, and
 * the client would not get to see why.
 */
export function discardRest(req: IncomingMessage, lingerMs: number): void {
  if (req.complete || req.destroyed) return;
  const { socket } = req;
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  const over = () => {
    clearTimeout(timer);
    socket.off('close', over);
  };
  // Once it is answered, a request does not learn any more that its connection was closed.
  socket.once('close', over);
  req.once('end', over).resume();
}

/** The media type of the body in lower case, without parameters; empty when there is none. */
export function mediaType(req: IncomingMessage): string {
  return (req.headers['content-type'] ?? '').split(';', 1).join('').trim().toLowerCase();
}

/**
 * Answers whether the body is compressed.
 * @throws ApiProblem unsupported_encoding
 */
export function checkEncoding(req: IncomingMessage): 'identity' | 'gzip' {
  const encoding = (req.headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return 'identity';
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip';
  throw new ApiProblem('unsupported_encoding', `The body is encoded as "${encoding}"; send it as it is, or as gzip`, {
    headers: { 'Accept-Encoding': 'gzip, identity' },
  });
}

function decoded(req: IncomingMessage): Readable {
  if (checkEncoding(req) === 'identity') return req;
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  const abort = () => {
    if (!req.complete) gunzip.destroy(new ClientGone());
  };
  req.once('error', abort).once('close', abort);
  req.pipe(gunzip);
  return gunzip;
}

/** Waits for the next piece as long as bytes keep arriving on the connection. */
async function beforeIdle<T>(req: IncomingMessage, pending: Promise<T>, idleMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const idle = new Promise<never>((_, reject) => {
    const look = (seen: number): void => {
      timer = setTimeout(() => {
        if (req.socket.bytesRead > seen) return look(req.socket.bytesRead);
        const detail = `No byte of the body came for ${idleMs / 1000} s, so nothing of it was taken; send it again`;
        reject(new ApiProblem('body_timeout', detail, { headers: { Connection: 'close' } }));
      }, idleMs);
    };
    look(req.socket.bytesRead);
  });
  try {
    return await Promise.race([pending, idle]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
