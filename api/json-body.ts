import type { Request, RequestHandler } from 'express';
import { INTAKE_LIMITS } from './intake/limits';
import { discardRest, mediaType, wholeBody } from './intake/request-body';
import { parseExact } from './json';
import { ApiProblem } from './problem';

/** Bytes of a JSON body after decompression: 1,000 frame ids of 512 bytes fit, even escaped. */
export const JSON_BODY_BYTES = 4 * 1024 * 1024;

export interface JsonBodyOptions {
  /** There may be none. */
  optional?: boolean;
  /** Else JSON_BODY_BYTES. */
  maxBytes?: number;
  /** Integers that a double does not hold become bigints. */
  exact?: boolean;
}

/** Reads a JSON body into `req.body`; the empty object when there is none and none is needed. */
export function jsonBody({ optional = false, ...options }: JsonBodyOptions): RequestHandler {
  return async (req, _res, next) => {
    try {
      req.body = hasBody(req) ? await readJson(req, options) : withoutBody(optional);
    } catch (error) {
      discardRest(req, INTAKE_LIMITS.lingerMs);
      throw error;
    }
    next();
  };
}

function hasBody(req: Request): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

function withoutBody(optional: boolean): object {
  if (optional) return {};
  throw new ApiProblem('malformed_body', 'Expected a JSON body, got none');
}

async function readJson(
  req: Request,
  { maxBytes = JSON_BODY_BYTES, exact = false }: Omit<JsonBodyOptions, 'optional'>,
): Promise<unknown> {
  const type = mediaType(req);
  if (type !== 'application/json' && !type.endsWith('+json')) {
    throw new ApiProblem('unsupported_media_type', `Expected the Content-Type application/json, got ${type || 'none'}`);
  }
  const bytes = await wholeBody(req, INTAKE_LIMITS, maxBytes, 'ask in several requests');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text, refuseProto);
    return exact ? parseExact(text, value) : value;
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new ApiProblem('malformed_body', `Expected a JSON body in UTF-8: ${cause}`, { cause: error });
  }
}

/** Such a key would set a prototype when the object is copied. */
function refuseProto(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('A key may not be "__proto__"');
  return value;
}
