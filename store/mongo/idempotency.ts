import type { Claimed, IdempotencyClaim } from '../staging';
import type { IdempotencyStore } from '../store';
import type { Database } from './database';
import type { IdempotencyDoc } from './documents';
import { isDuplicateKey } from './translate-errors';

/** A claimant that has not beaten for this long is dead. */
const SILENCE_MS = 10_000;
const KEPT_MS = 7 * 24 * 3600 * 1000;

export function idempotencyStore({ c }: Database): IdempotencyStore {
  const mine = ({ id, owner }: IdempotencyClaim): { _id: string; owner: string } => ({ _id: id, owner });
  return {
    async claim(id, body_hash, owner): Promise<Claimed> {
      const now = new Date();
      const doc: IdempotencyDoc = {
        _id: id,
        body_hash,
        state: 'RUNNING',
        owner,
        beat_at: now,
        expires_at: new Date(now.getTime() + KEPT_MS),
      };
      try {
        await c.idempotency.insertOne(doc);
        return { outcome: 'claimed', claim: { id, owner } };
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const taken = await c.idempotency.findOneAndUpdate(
        { _id: id, state: 'RUNNING', beat_at: { $lt: new Date(now.getTime() - SILENCE_MS) } },
        { $set: { owner, beat_at: now } },
        { returnDocument: 'after' },
      );
      const standing = taken ?? (await c.idempotency.findOne({ _id: id }));
      if (!standing) return { outcome: 'running' };
      if (standing.body_hash !== '' && body_hash !== '' && standing.body_hash !== body_hash)
        return { outcome: 'reused' };
      if (taken) return { outcome: 'claimed', claim: { id, owner }, resume: taken.resume };
      if (standing.state === 'RUNNING' || !standing.response) return { outcome: 'running' };
      return { outcome: 'replay', body_hash: standing.body_hash, ...standing.response };
    },

    async beat(claim) {
      await c.idempotency.updateOne(
        { ...mine(claim), state: 'RUNNING' },
        { $set: { beat_at: new Date() } },
        { writeConcern: { w: 1 } },
      );
    },

    async note(claim, resume) {
      await c.idempotency.updateOne(mine(claim), { $set: { resume } });
    },

    async finish(claim, response) {
      await c.idempotency.updateOne(mine(claim), {
        $set: { state: 'DONE', response, ...(claim.body_hash === undefined ? {} : { body_hash: claim.body_hash }) },
      });
    },

    async release(claim) {
      await c.idempotency.deleteOne({ ...mine(claim), state: 'RUNNING' });
    },
  };
}
