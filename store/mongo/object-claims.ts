import { ObjectError } from '../object-error';
import type { ObjectRecord, ObjectStore } from '../objects';
import type { Database } from './database';
import { toRecord } from './object-record';

/** What keeps the files of an unfinished upload. */
export function objectClaims({ c }: Database, soon: () => Date): Pick<ObjectStore, 'claim' | 'release'> {
  return {
    async claim(object_ids, upload_id) {
      await complete(object_ids);
      const ids = [...new Set(object_ids)];
      await c.objects.updateMany(
        { _id: { $in: ids }, state: 'COMPLETE' },
        { $addToSet: { claims: upload_id }, $unset: { expires_at: '' } },
      );
      // One may have been removed in between.
      return complete(object_ids).catch(async (error: unknown) => {
        await unclaim(upload_id, ids);
        throw error;
      });
    },

    release: (upload_id) => unclaim(upload_id),
  };

  /** Those objects in that order. */
  async function complete(object_ids: readonly string[]): Promise<ObjectRecord[]> {
    const docs = await c.objects.find({ _id: { $in: [...object_ids] }, state: { $ne: 'REMOVING' } }).toArray();
    const found = new Map(docs.map((doc) => [doc._id, doc]));
    return object_ids.map((id) => {
      const doc = found.get(id);
      if (!doc) throw new ObjectError('object_not_found', `There is no object ${id}; it may have expired`);
      if (doc.state !== 'COMPLETE') throw new ObjectError('object_incomplete', `The object ${id} is not complete`);
      return toRecord(doc);
    });
  }

  async function unclaim(upload_id: string, ids?: string[]): Promise<void> {
    await c.objects.updateMany({ claims: upload_id, ...(ids && { _id: { $in: ids } }) }, [
      { $set: { claims: { $setDifference: ['$claims', [{ $literal: upload_id }]] } } },
      {
        $set: {
          claims: { $cond: [{ $eq: ['$claims', []] }, '$$REMOVE', '$claims'] },
          expires_at: { $cond: [{ $eq: ['$claims', []] }, soon(), '$$REMOVE'] },
        },
      },
    ]);
  }
}
