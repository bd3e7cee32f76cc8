import type { MongoStore } from '../../store/mongo';
import type { DatasetRecord } from '../../store/records';
import { frames } from './commit-items';
import { codeOf, drain, newDataset, openUpload, put, restore, submit, upload, useStore } from './store-harness';

let store: MongoStore;
useStore('inference_sets', (opened) => (store = opened));

const open = (base: DatasetRecord, name = 'inf'): Promise<DatasetRecord> => store.inferenceSets.open(base.key, name);
const pinOf = async (set: DatasetRecord): Promise<number | null> =>
  (await store.datasets.get(set.project, set.dataset)).inference?.base_version ?? null;

describe('an inference set', () => {
  it('is a dataset under a name of its own, pinned to the head of its base', async () => {
    const base = await newDataset(store);
    await upload(store, base.key, frames(2));
    const set = await open(base);
    expect(set).toMatchObject({
      project: base.project,
      dataset: `inferences_${base.dataset}_inf`,
      head: 0,
      inference: { base: { key: base.key, dataset: base.dataset }, name: 'inf', base_version: 1 },
    });
    await upload(store, base.key, frames(3));
    expect(await open(base)).toMatchObject({ key: set.key, inference: { base_version: 1 } });
    expect(await store.inferenceSets.get(base.key, 'inf')).toMatchObject({ key: set.key });
    expect(await store.inferenceSets.pinnedTo(base.key)).toBe(true);
    expect(await store.inferenceSets.pinnedTo(set.key)).toBe(false);
  });

  it('is made once however many ask for it at once', async () => {
    const base = await newDataset(store);
    const sets = await Promise.all(Array.from({ length: 8 }, () => open(base)));
    expect(new Set(sets.map(({ key }) => key)).size).toBe(1);
  });

  it('is refused where another thing has its name', async () => {
    const base = await newDataset(store);
    await store.datasets.create({
      project: base.project,
      dataset: `inferences_${base.dataset}_taken`,
      mode: 'STREAMING',
    });
    expect(await codeOf(open(base, 'taken'))).toBe('dataset_exists');
    const other = await store.datasets.create({
      project: base.project,
      dataset: `${base.dataset}_a`,
      mode: 'STREAMING',
    });
    await open(other, 'b');
    expect(await codeOf(open(base, 'a_b'))).toBe('dataset_exists');
    expect(await codeOf(store.inferenceSets.get(base.key, 'a_b'))).toBe('dataset_not_found');
  });

  it('writes its base version on each of its versions, also on one that a rollback makes', async () => {
    const base = await newDataset(store);
    await upload(store, base.key, frames(1));
    const { key } = await open(base);
    await upload(store, key, [put('f', { labels: [] })]);
    await upload(store, base.key, frames(2));
    await upload(store, key, [put('g', { labels: [] })]);
    await restore(store, key, { to: 1 });
    for (const version of [1, 2, 3]) {
      expect(await store.versions.get(key, version)).toMatchObject({ base_version: 1 });
    }
    expect((await store.versions.get(base.key, 1)).base_version).toBeUndefined();
  });
});

describe('the pin', () => {
  it('waits for uploads of the base that were closed before', async () => {
    const base = await newDataset(store);
    const { upload_id } = await openUpload(store, base.key);
    await submit(store, base.key, upload_id, frames(2));
    await store.uploads.close(base.key, upload_id);
    const set = await open(base);
    expect(set.inference?.base_version).toBeNull();
    expect(await store.commits.pin(set.key)).toBeNull();
    await drain(store, base.key);
    await upload(store, base.key, frames(3));
    expect(await store.commits.pin(set.key)).toBe(1);
    expect(await pinOf(set)).toBe(1);
  });

  it('waits for what an upload that stays open had submitted, not for its end', async () => {
    const base = await newDataset(store);
    const { upload_id } = await openUpload(store, base.key);
    await submit(store, base.key, upload_id, frames(2));
    const set = await open(base);
    expect(await store.commits.pin(set.key)).toBeNull();
    await drain(store, base.key);
    expect(await store.commits.pin(set.key)).toBe(1);
  });

  it('does not wait for an upload that nothing was submitted to, nor for later ones', async () => {
    const base = await newDataset(store);
    await upload(store, base.key, frames(1));
    const { upload_id } = await openUpload(store, base.key);
    const set = await open(base);
    expect(set.inference?.base_version).toBe(1);
    await submit(store, base.key, upload_id, frames(2));
    expect(await store.commits.pin(set.key)).toBe(1);
  });

  it('waits for files that are still being read', async () => {
    const base = await newDataset(store);
    const ingest = await store.ingests.open(base.key, {
      external_id: 'v1',
      kind: 'STREAMING',
      created_by: 'k',
      message: '',
      format: { rows: 'frames', public_url: 'http://h' },
      parts: [{ rows: { object_id: 'o' }, vectors: [], assets: [] }],
    });
    const set = await open(base);
    expect(await store.commits.pin(set.key)).toBeNull();
    await submit(store, base.key, ingest.upload_id, frames(2));
    await store.ingests.finish(ingest.upload_id);
    expect(await store.commits.pin(set.key)).toBeNull();
    await drain(store, base.key);
    expect(await store.commits.pin(set.key)).toBe(1);
  });

  it('is taken before the first version of the set, which waits for it', async () => {
    const base = await newDataset(store);
    const { upload_id } = await openUpload(store, base.key);
    await submit(store, base.key, upload_id, frames(2));
    await store.uploads.close(base.key, upload_id);
    const set = await open(base);
    const inferences = await openUpload(store, set.key);
    await submit(store, set.key, inferences.upload_id, [put('f', { labels: [] })]);
    await Promise.all([drain(store, set.key), drain(store, base.key)]);
    expect(await store.versions.get(set.key, 1)).toMatchObject({ base_version: 1 });
  });

  it('is the head that was when what it waits for is cancelled', async () => {
    const base = await newDataset(store);
    await upload(store, base.key, frames(1));
    const { upload_id } = await openUpload(store, base.key);
    await submit(store, base.key, upload_id, frames(2));
    const set = await open(base);
    await store.uploads.cancel(base.key, upload_id);
    expect(await store.commits.pin(set.key)).toBe(1);
  });
});
