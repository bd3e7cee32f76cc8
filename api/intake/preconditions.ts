import type { Request } from 'express';
import { invalidRequest } from '../validate';

const MAX_WAIT_MS = 60_000;
const IF_MATCH_WAIT_MS = 5_000;
const WAIT = /^(\d{1,5}(?:\.\d{1,3})?)(ms|s)?$/;
/** A weak tag counts too: a proxy that compresses an answer makes the frame's tag weak, and the revision is the same. */
const REVISION_TAG = /^(?:W\/)?"(\d{1,10})"$/;

/** How long a single write waits for its outcome, and what the frame must be before it. */
export interface WriteTerms {
  waitMs: number;
  /** From If-Match: the revision that the writer saw. */
  if_version?: number;
}

/**
 * The terms of a single write.
 * @throws ApiProblem invalid_request
 */
export function writeTerms(req: Request): WriteTerms {
  const if_version = revisionOf(req.get('if-match'));
  const waitMs = waitOf(req.query.wait) ?? (if_version === undefined ? 0 : IF_MATCH_WAIT_MS);
  return { waitMs, if_version };
}

function waitOf(wait: unknown): number | undefined {
  if (wait === undefined) return undefined;
  const [, amount, unit] = (typeof wait === 'string' && WAIT.exec(wait)) || [];
  const ms = Number(amount) * (unit === 'ms' ? 1 : 1000);
  if (ms <= MAX_WAIT_MS) return ms;
  throw invalidRequest([{ path: 'query.wait', message: 'Expected a time of at most 60 s, such as 5s or 500ms' }]);
}

function revisionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined) return undefined;
  const [, revision] = REVISION_TAG.exec(ifMatch.trim()) ?? [];
  if (revision !== undefined) return Number(revision);
  throw invalidRequest([
    { path: 'headers.if-match', message: 'Expected the ETag of one frame as it was read, such as "12"' },
  ]);
}
