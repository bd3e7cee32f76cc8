import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Store } from '../store/store';
import { claimKey, idempotencyKey, lostKey, releaseKey, whileBeating } from './intake/idempotency-key';
import { INTAKE_LIMITS } from './intake/limits';
import { toJson } from './json';

/** An answer that can be kept and given again. */
export interface KeptReply {
  status: number;
  body: unknown;
  headers: Record<string, string>;
}

/** What a request was told to go on with, and how it says so to whoever takes over. */
export interface Resumption {
  /** What a claimant that died had noted. */
  resume: Record<string, unknown> | undefined;
  note(resume: Record<string, unknown>): Promise<void>;
}

/**
 * Does the work of a request once for its Idempotency-Key; a replay gets the first answer. A request that fails leaves
 * its key free.
 * @param scope the endpoint and the thing it acts on: the same key elsewhere is another key
 */
export async function once(
  { store, logger }: { store: Store; logger: Logger },
  req: Request,
  res: Response,
  scope: string,
  work: (resumption: Resumption) => Promise<KeptReply>,
): Promise<KeptReply> {
  const key = idempotencyKey(req);
  if (key === undefined) return work({ resume: undefined, note: async () => undefined });
  const bodyHash = createHash('sha256').update(toJson(req.body)).digest('hex');
  const claimed = await claimKey(store.idempotency, `${scope}/${key}`, bodyHash, res, INTAKE_LIMITS);
  if (claimed.outcome === 'replay') return claimed;
  const { claim, resume } = claimed;
  const note = (noted: Record<string, unknown>) => store.idempotency.note(claim, noted);
  return whileBeating(store.idempotency, claim, INTAKE_LIMITS, logger, async () => {
    let reply: KeptReply;
    try {
      reply = await work({ resume, note });
    } catch (error) {
      await releaseKey(store.idempotency, claim, logger);
      throw lostKey(error);
    }
    await store.idempotency.finish(claim, reply);
    return reply;
  });
}
