import type { Filter } from 'mongodb';
import type { ObjectStore } from '../objects';
import type { Database } from './database';
import type { ObjectDoc } from './documents';
import type { ObjectAttempts } from './object-attempts';
import { placeOf, type Places } from './object-places';

/** Objects or attempts that one call deals with. */
const AT_ONCE = 25;
/** An attempt beats every minute; one as silent as this has died. */
const DEAD_ATTEMPT_MS = 60 * 60 * 1000;

type Removal = Pick<ObjectStore, 'removeExpired' | 'removeOf'>;

/** How objects and what attempts left behind go away. */
export function objectRemoval(database: Database, places: Places, attempts: ObjectAttempts): Removal {
  const { c } = database;
  /** Others stay until their place is configured again. */
  const reachable = { place: { $in: Object.values(places).map(({ place }) => place) } };

  return {
    async removeExpired(now) {
      const expired = await c.objects
        .find({ expires_at: { $lte: now }, ...reachable })
        .sort({ expires_at: 1 })
        .limit(AT_ONCE)
        .toArray();
      let left = expired.length === AT_ONCE;
      for (const object of expired) {
        if (await belongsToDataset(object))
          await c.objects.updateOne({ _id: object._id }, { $unset: { expires_at: '' } });
        else if (!(await remove(object, { expires_at: { $lte: now } }))) left = true;
      }
      const dead = await c.object_parts
        .find({ pending: true, beat_at: { $lt: new Date(now.getTime() - DEAD_ATTEMPT_MS) }, ...reachable })
        .limit(AT_ONCE)
        .toArray();
      for (const { _id, place } of dead) if (!(await attempts.drop(placeOf(places, place), _id))) left = true;
      return !left && dead.length < AT_ONCE;
    },

    async removeOf(project, dataset, before) {
      const objects = await c.objects
        .find({
          project,
          ...(dataset !== undefined && { dataset }),
          ...(before && { created_at: { $lt: before } }),
          claims: { $exists: false },
          ...reachable,
        })
        .limit(AT_ONCE)
        .toArray();
      let left = objects.length === AT_ONCE;
      for (const object of objects) if (!(await remove(object, {}))) left = true;
      return !left;
    },
  };

  /** An asset whose dataset came to be stays as long as that. */
  async function belongsToDataset({ kind, state, project, dataset }: ObjectDoc): Promise<boolean> {
    if (kind !== 'ASSET' || state !== 'COMPLETE') return false;
    return (await c.datasets.findOne({ project, name: dataset }, { projection: { _id: 1 } })) !== null;
  }

  /** Removes a share of one object that no upload needs and that is still as given; false when something is left of it. */
  async function remove({ _id, place }: ObjectDoc, still: Filter<ObjectDoc>): Promise<boolean> {
    const { matchedCount } = await c.objects.updateOne(
      { _id, claims: { $exists: false }, ...still },
      // Found by the sweep should this process die.
      { $set: { state: 'REMOVING', expires_at: new Date(0) } },
    );
    if (matchedCount === 0) return true;
    if (!(await placeOf(places, place).removeSome(_id))) return false;
    // An attempt that still writes is left to find out, or to the sweep.
    await c.object_parts.deleteMany({ object: _id, digest: { $exists: true } });
    await c.objects.deleteOne({ _id, state: 'REMOVING' });
    return true;
  }
}
