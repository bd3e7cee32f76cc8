import type { Request, RequestHandler } from 'express';
import { startContext } from '../context';
import { ApiProblem } from '../problem';
import type { KeyCache } from './key-cache';
import { hashSecret } from './secrets';

/** Longer than any secret that Vivarium makes; nothing longer is worth hashing. */
const MAX_SECRET_LENGTH = 1_024;

interface Credentials {
  secret: string;
  /** Given with `x-illume-app`, then it must be the id of the key. */
  key_id?: string;
}

/** Finds the key that a request is made with; 401 without a valid one. */
export function authenticate(keys: KeyCache): RequestHandler {
  return async (req, res, next) => {
    const given = credentials(req);
    if (given === undefined) {
      throw new ApiProblem(
        'unauthorized',
        'Expected an API key in x-illume-api-key, in Authorization: Bearer, or in x-illume-app and x-illume-key',
      );
    }
    const known = given.secret.length <= MAX_SECRET_LENGTH ? await keys.find(hashSecret(given.secret)) : null;
    if (known === null || (given.key_id !== undefined && given.key_id !== known.key_id)) {
      throw new ApiProblem('unauthorized', 'The API key is unknown or was revoked; ask an administrator for another');
    }
    startContext(res, known);
    next();
  };
}

function credentials(req: Request): Credentials | undefined {
  const apiKey = req.get('x-illume-api-key');
  if (apiKey) return { secret: apiKey };
  const [, bearer] = /^Bearer +(\S+)$/i.exec(req.get('authorization') ?? '') ?? [];
  if (bearer !== undefined) return { secret: bearer };
  const [key_id, secret] = [req.get('x-illume-app'), req.get('x-illume-key')];
  return key_id && secret ? { key_id, secret } : undefined;
}
