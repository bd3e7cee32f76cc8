import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { randomUUID } from 'node:crypto';
import { StoreError } from '../../store/errors';
import type { Claimed, IdempotencyClaim } from '../../store/staging';
import type { IdempotencyStore } from '../../store/store';
import { ApiProblem } from '../problem';
import type { IntakeLimits } from './limits';
import { ClientGone } from './request-body';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/**
 * The request's Idempotency-Key, if it has one.
 * @throws ApiProblem invalid_request
 */
export function idempotencyKey(req: Request): string | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined || VISIBLE_ASCII.test(key)) return key;
  throw new ApiProblem('invalid_request', 'Expected an Idempotency-Key of 1 to 255 visible ASCII characters', {
    errors: [{ path: 'headers.idempotency-key', message: 'Expected 1 to 255 visible ASCII characters' }],
  });
}

export type Claim = Extract<Claimed, { outcome: 'claimed' | 'replay' }>;

/**
 * Claims a key, or answers what the first request with it became. While a twin works on it, waits for the twin to
 * finish, or to fall silent: then the claim, and what the twin noted, is the caller's.
 * @param bodyHash empty when the body is yet to be read
 * @throws ApiProblem idempotency_key_reused
 * @throws ClientGone when nobody waits any more
 */
export async function claimKey(
  store: IdempotencyStore,
  id: string,
  bodyHash: string,
  res: Response,
  { claimPollMs }: Pick<IntakeLimits, 'claimPollMs'>,
): Promise<Claim> {
  const owner = randomUUID();
  for (;;) {
    const claimed = await store.claim(id, bodyHash, owner);
    if (claimed.outcome === 'reused') throw keyReused();
    if (claimed.outcome !== 'running') return claimed;
    await new Promise((resolve) => setTimeout(resolve, claimPollMs));
    if (res.closed) throw new ClientGone();
  }
}

export function keyReused(): ApiProblem {
  return new ApiProblem(
    'idempotency_key_reused',
    'The Idempotency-Key was used before with another body; choose a new key for a new request',
  );
}

/** Says every now and then that the claimant still works, until the work ends. */
export async function whileBeating<T>(
  store: IdempotencyStore,
  claim: IdempotencyClaim,
  { claimBeatMs }: Pick<IntakeLimits, 'claimBeatMs'>,
  logger: Logger,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => {
    store
      .beat(claim)
      .catch((error: unknown) => logger.warn({ err: error }, 'An idempotency key could not be kept alive'));
  }, claimBeatMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Frees the key of a request that did nothing, as far as the store can be reached; otherwise it goes silent by itself. */
export async function releaseKey(store: IdempotencyStore, claim: IdempotencyClaim, logger: Logger): Promise<void> {
  await store
    .release(claim)
    .catch((error: unknown) => logger.warn({ err: error }, 'An idempotency key could not be freed'));
}

/** The error to answer with: to a request whose key a successor took over, that its answer is to be had by asking again. */
export function lostKey(error: unknown): unknown {
  if (!(error instanceof StoreError) || error.code !== 'conflict') return error;
  const detail = 'This request was silent for so long that another with its Idempotency-Key took over; send it again';
  return new ApiProblem('store_unavailable', detail, { cause: error });
}
