import type { DatasetKey } from '../../store/records';
import type { MongoStore } from '../../store/mongo';
import { codeOf, newDataset, put, upload, useStore } from './store-harness';

let store: MongoStore;
let key: DatasetKey;
useStore('versions', (opened) => (store = opened));

beforeAll(async () => {
  ({ key } = await newDataset(store));
  for (const n of [1, 2, 3]) await upload(store, key, [put('f', { metadata: { n } })], { message: `no. ${n}` });
});

describe('versions', () => {
  it('are listed newest first, with what made them', async () => {
    const all = await store.versions.list(key, { limit: 10 });
    expect(all.map(({ version }) => version)).toEqual([3, 2, 1]);
    expect((await store.versions.list(key, { before: 3, limit: 1 })).map(({ version }) => version)).toEqual([2]);
    expect(await store.versions.get(key, 2)).toEqual(all[1]);
    expect(all[1]).toMatchObject({
      kind: 'STREAMING',
      uploads: [
        { kind: 'STREAMING', created_by: 'k1', message: 'no. 2', counts: { applied: 1, frames: 1, labels: 0 } },
      ],
      counts: { added: 0, updated: 1, deleted: 0, frames: 1, labels: 0 },
      pruned: false,
    });
    expect(await codeOf(store.versions.get(key, 4))).toBe('version_not_found');
    expect(await codeOf(store.versions.get(key + 1_000, 1))).toBe('version_not_found');
  });

  it('have strictly rising instants, and are found by any instant at or after their own', async () => {
    const [third, second, first] = (await store.versions.list(key, { limit: 3 })).map(({ created_at }) =>
      created_at!.getTime(),
    );
    expect(first!).toBeLessThan(second!);
    expect(second!).toBeLessThan(third!);
    const at = (time: number): Promise<number | null> => store.versions.byTime(key, new Date(time));
    expect(
      await Promise.all([at(first! - 1), at(first!), at(second! - 1), at(second!), at(third!), at(third! + 1e9)]),
    ).toEqual([null, 1, 1, 2, 3, 3]);
    expect(await store.versions.publishedAt(key, [1, 3, 9])).toEqual(
      new Map([
        [1, new Date(first!)],
        [3, new Date(third!)],
      ]),
    );
  });

  it('rise in time even when the clock goes back', async () => {
    const dataset = await newDataset(store);
    await upload(store, dataset.key, [put('f')]);
    const future = new Date(Date.now() + 3_600_000);
    await store.database.c.datasets.updateOne({ _id: dataset.key }, { $set: { published_at: future } });
    await upload(store, dataset.key, [put('g')]);
    expect((await store.versions.get(dataset.key, 2)).created_at).toEqual(new Date(future.getTime() + 1));
  });

  it('that were pruned say so and take no tag', async () => {
    const dataset = await newDataset(store);
    await upload(store, dataset.key, [put('f')]);
    await store.database.c.versions.updateOne({ dataset: dataset.key, version: 1 }, { $set: { pruned: true } });
    expect(await codeOf(store.versions.get(dataset.key, 1))).toBe('version_pruned');
    expect(await codeOf(store.versions.putTag(dataset.key, 'x', 1))).toBe('version_pruned');
    expect(await store.versions.publishedAt(dataset.key, [1])).toEqual(new Map());
  });
});

describe('tags', () => {
  it('stand at one version at a time', async () => {
    await store.versions.putTag(key, 'gold', 1);
    await store.versions.putTag(key, 'gold', 1);
    expect(await store.versions.byTag(key, 'gold')).toBe(1);
    await store.versions.putTag(key, 'gold', 3);
    await store.versions.putTag(key, 'also', 3);
    expect(await store.versions.byTag(key, 'gold')).toBe(3);
    const tags = (await store.versions.list(key, { limit: 3 })).map((one) => one.tags.toSorted());
    expect(tags).toEqual([['also', 'gold'], [], []]);
    await store.versions.deleteTag(key, 'gold');
    expect(await codeOf(store.versions.byTag(key, 'gold'))).toBe('tag_not_found');
    expect(await codeOf(store.versions.deleteTag(key, 'gold'))).toBe('tag_not_found');
    expect(await store.versions.byTag(key, 'also')).toBe(3);
  });

  it('stay where they are when they are sent to a version that is not there', async () => {
    await store.versions.putTag(key, 'stays', 2);
    expect(await codeOf(store.versions.putTag(key, 'stays', 9))).toBe('version_not_found');
    expect(await store.versions.byTag(key, 'stays')).toBe(2);
  });

  it('race to one place', async () => {
    const moves = [1, 2, 3, 1, 2, 3].map((version) => store.versions.putTag(key, 'raced', version));
    for (const { status } of await Promise.allSettled(moves)) expect(status).toBe('fulfilled');
    const standing = (await store.versions.list(key, { limit: 3 })).filter(({ tags }) => tags.includes('raced'));
    expect(standing).toHaveLength(1);
    expect(await store.versions.byTag(key, 'raced')).toBe(standing[0]!.version);
  });

  it('are of one dataset', async () => {
    const other = await newDataset(store);
    await upload(store, other.key, [put('f')]);
    await store.versions.putTag(key, 'shared', 2);
    expect(await codeOf(store.versions.byTag(other.key, 'shared'))).toBe('tag_not_found');
    await store.versions.putTag(other.key, 'shared', 1);
    expect([await store.versions.byTag(key, 'shared'), await store.versions.byTag(other.key, 'shared')]).toEqual([
      2, 1,
    ]);
  });
});
