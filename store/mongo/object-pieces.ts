import { Binary } from 'mongodb';
import type { PieceStore } from '../pieces';
import type { Database } from './database';

/** Documents removed in one step. */
const REMOVE_AT_ONCE = 200;

/** Pieces as documents of the collection `object_pieces`. */
export function mongoPieces({ c }: Database): PieceStore {
  return {
    place: 'mongodb',
    pieceBytes: 2 * 1024 * 1024,

    async put(id, bytes) {
      await c.object_pieces.insertOne({ _id: id, bytes: new Binary(bytes) });
    },

    async get(id, start, end) {
      const doc = await c.object_pieces.findOne({ _id: id });
      return doc && doc.bytes.buffer.subarray(start, Math.min(end + 1, doc.bytes.length()));
    },

    async removeSome(prefix) {
      // `0` follows `/` in ASCII.
      const range = { $gte: `${prefix}/`, $lt: `${prefix}0` };
      const some = await c.object_pieces
        .find({ _id: range }, { projection: { _id: 1 } })
        .sort({ _id: 1 })
        .limit(REMOVE_AT_ONCE)
        .toArray();
      await c.object_pieces.deleteMany({ _id: { $in: some.map(({ _id }) => _id) } });
      return some.length < REMOVE_AT_ONCE;
    },
  };
}
