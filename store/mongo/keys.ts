import { StoreError } from '../errors';
import type { KeyRecord } from '../records';
import type { KeyStore } from '../store';
import type { Database } from './database';
import type { KeyDoc } from './documents';
import { pageOf } from './page';
import { isDuplicateKey } from './translate-errors';

export function keyStore({ c }: Database): KeyStore {
  return {
    async create(key) {
      const { key_id, ...rest } = key;
      const doc: KeyDoc = { _id: key_id, ...rest, created_at: new Date() };
      try {
        await c.keys.insertOne(doc);
      } catch (error) {
        if (isDuplicateKey(error)) throw new StoreError('key_exists', `A key ${key_id} exists already`);
        throw error;
      }
      return toKey(doc);
    },

    async bySecretHash(secret_hash) {
      const doc = await c.keys.findOne({ secret_hash });
      return doc && !doc.revoked_at ? toKey(doc) : null;
    },

    async list({ after, limit }) {
      const docs = await c.keys
        .find({ _id: after === undefined ? { $gte: '' } : { $gt: after } })
        .sort({ _id: 1 })
        .limit(limit + 1)
        .toArray();
      return pageOf(docs.map(toKey), limit, (key) => key.key_id);
    },

    async revoke(key_id) {
      const { matchedCount } = await c.keys.updateOne({ _id: key_id }, [
        { $set: { revoked_at: { $ifNull: ['$revoked_at', '$$NOW'] } } },
      ]);
      if (matchedCount === 0) throw new StoreError('key_not_found', `There is no key ${key_id}`);
    },
  };
}

function toKey({ _id, secret_hash: _secret, ...rest }: KeyDoc): KeyRecord {
  return { key_id: _id, ...rest };
}
