import type { ClientSession } from 'mongodb';
import { chunkId } from './chunk-id';
import type { Collections } from './database';
import type { UploadDoc } from './documents';

/**
 * Takes what an upload still has in the queue, or holds back, out of it; answers how many items that were. Chunks that
 * a commit has taken already are left to it.
 */
export async function discardWaiting(c: Collections, session: ClientSession, upload: UploadDoc): Promise<number> {
  const waiting = await c.submissions
    .find({ upload_id: upload._id, state: { $in: ['WAITING', 'HELD'] } }, { session })
    .toArray();
  let discarded = 0;
  for (const entry of waiting) {
    if (entry.kind !== 'items') continue;
    const rest = await c.chunks
      .aggregate<{ items: number }>(
        [
          { $match: { _id: { $gte: chunkId(entry._id, entry.next_chunk), $lt: chunkId(entry._id, entry.chunks) } } },
          { $group: { _id: null, items: { $sum: '$items' } } },
        ],
        { session },
      )
      .toArray();
    discarded += rest[0]?.items ?? 0;
  }
  await c.submissions.updateMany(
    { _id: { $in: waiting.map((entry) => entry._id) } },
    { $set: { state: 'DISCARDED' } },
    { session },
  );
  return discarded;
}
