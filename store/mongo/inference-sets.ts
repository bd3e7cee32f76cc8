import { StoreError } from '../errors';
import { inferenceSetName, type InferenceSetStore } from '../inference-sets';
import { FINAL_STATES, type DatasetKey } from '../records';
import { refuseArchived } from './archived';
import { nextNumber } from './counters';
import type { Database } from './database';
import { newDataset, toDataset } from './datasets';
import type { DatasetDoc, PendingPin } from './documents';
import { isDuplicateKey } from './translate-errors';

export function inferenceSetStore(database: Database): InferenceSetStore {
  const { c } = database;

  const active = async (key: DatasetKey): Promise<DatasetDoc> => {
    const doc = await c.datasets.findOne({ _id: key, state: 'ACTIVE' });
    if (!doc) throw new StoreError('dataset_not_found', 'The dataset was deleted');
    return doc;
  };
  const find = (project: string, full: string) => c.datasets.findOne({ project, name: full });

  return {
    async open(base, name, mode = 'STREAMING') {
      const doc = await active(base);
      refuseArchived(doc);
      const full = inferenceSetName(doc.name ?? '', name);
      const known = await find(doc.project, full);
      if (known) return toDataset(sameSet(known, base, name));
      const { head, pending } = await pinOf(database, doc);
      const set: DatasetDoc = {
        ...newDataset(await nextNumber(c, 'dataset'), doc.project, full, mode),
        inference: { base: { key: base, dataset: doc.name ?? '' }, name, base_version: pending ? null : head },
        ...(pending && { pending_pin: pending }),
      };
      try {
        await c.datasets.insertOne(set);
      } catch (error) {
        const twin = isDuplicateKey(error) ? await find(doc.project, full) : null;
        if (!twin) throw error;
        return toDataset(sameSet(twin, base, name));
      }
      return toDataset(set);
    },

    async get(base, name) {
      const doc = await active(base);
      const set = await find(doc.project, inferenceSetName(doc.name ?? '', name));
      if (set?.inference?.base.key !== base || set.inference.name !== name)
        throw new StoreError('dataset_not_found', `Dataset ${doc.name} has no inference set ${name}`);
      return toDataset(set);
    },

    pin: (key) => takePin(database, key),

    async pinnedTo(base) {
      return (await c.datasets.findOne({ 'inference.base.key': base, state: 'ACTIVE' })) !== null;
    },
  };
}

/** Another base and name may give the same full name, and so may a dataset of images. */
function sameSet(found: DatasetDoc, base: DatasetKey, name: string): DatasetDoc {
  if (found.inference?.base.key === base && found.inference.name === name) return found;
  const what = found.inference
    ? `inference set ${found.inference.name} of ${found.inference.base.dataset}`
    : 'dataset that is no inference set';
  throw new StoreError('dataset_exists', `The name ${found.name} is taken by the ${what}; choose another name`);
}

/** What a pin to the present state of a base waits for; null when nothing is unfinished. */
async function pinOf(
  { c, transaction }: Database,
  base: DatasetDoc,
): Promise<{ head: number; pending: PendingPin | null }> {
  // In one snapshot, so that every upload is seen either unfinished or with its version in head.
  return transaction(async (session) => {
    const now = (await c.datasets.findOne({ _id: base._id }, { session })) ?? base;
    const unfinished = await c.uploads
      .find(
        { dataset: base._id, $or: [{ state: 'PROCESSING' }, { state: 'OPEN', staging: true }] },
        { session, projection: { _id: 1 } },
      )
      .toArray();
    const uploads = unfinished.map(({ _id }) => _id);
    // Uploads that stay open, such as those of single writes, have no end to wait for: what waits of them now does.
    const last = await c.submissions
      .find({ dataset: base._id, state: 'WAITING', upload_id: { $nin: uploads } }, { session })
      .sort({ seq: -1 })
      .limit(1)
      .project<{ seq?: PendingPin['place'] }>({ seq: 1 })
      .next();
    const commit = now.pending_commit && (await c.commits.findOne({ _id: now.pending_commit }, { session }));
    const open = commit && commit.windows.some(({ upload_id }) => !uploads.includes(upload_id));
    if (uploads.length === 0 && !last?.seq && !open) return { head: now.head, pending: null };
    const pending: PendingPin = { head: now.head, uploads };
    if (last?.seq) pending.place = last.seq;
    else if (open) pending.until = now.head + 1;
    return { head: now.head, pending };
  });
}

/** See `InferenceSetStore.pin`. */
export async function takePin({ c }: Database, key: DatasetKey): Promise<number | null> {
  const set = await c.datasets.findOne({ _id: key });
  if (!set?.inference) throw new Error(`Dataset ${key} is no inference set`);
  if (set.inference.base_version !== null || !set.pending_pin) return set.inference.base_version;
  const { uploads, place, head } = set.pending_pin;
  const base = set.inference.base.key;
  if (await c.uploads.findOne({ _id: { $in: uploads }, state: { $nin: [...FINAL_STATES] } })) return null;
  if (place && (await c.submissions.findOne({ dataset: base, state: 'WAITING', seq: { $lte: place } }))) return null;
  const now = await c.datasets.findOne({ _id: base });
  let { until } = set.pending_pin;
  if (place && until === undefined && now) {
    // The commit that took the last of what waited may still have to be published.
    until = now.head + (now.pending_commit ? 1 : 0);
    await c.datasets.updateOne({ _id: key, 'inference.base_version': null }, { $set: { 'pending_pin.until': until } });
  }
  if (now?.pending_commit && until !== undefined && now.head < until) return null;
  const last = await c.uploads
    .find({ _id: { $in: uploads }, last_version: { $ne: null } })
    .sort({ last_version: -1 })
    .limit(1)
    .next();
  return taken(c, key, Math.max(head, last?.last_version ?? 0, Math.min(now?.head ?? 0, until ?? 0)));
}

async function taken(c: Database['c'], key: DatasetKey, base_version: number): Promise<number> {
  await c.datasets.updateOne(
    { _id: key, 'inference.base_version': null },
    { $set: { 'inference.base_version': base_version }, $unset: { pending_pin: '' } },
  );
  const now = await c.datasets.findOne({ _id: key });
  return now?.inference?.base_version ?? base_version;
}
