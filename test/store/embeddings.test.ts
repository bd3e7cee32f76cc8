import type { DatasetKey, StoredVectors } from '../../store/records';
import type { MongoStore } from '../../store/mongo';
import { box, newDataset, patch, put, restore, upload, useStore } from './store-harness';

let store: MongoStore;
useStore('embeddings', (opened) => (store = opened));

async function vectors(key: DatasetKey, version: number, frame_id = 'f'): Promise<StoredVectors | undefined> {
  const revision = await store.frames.get(key, version, frame_id);
  return (await store.frames.vectors(key, revision ? [revision] : [])).get(frame_id);
}

const withVectors = put('f', {
  embedding: [1, 2],
  labels: [box('l1', { embedding: [0.5] }), box('l2', { embedding: [0.25] }), box('l3')],
});

async function dataset(...items: object[]): Promise<DatasetKey> {
  const { key } = await newDataset(store);
  for (const item of [withVectors, ...items])
    expect(await upload(store, key, [item])).toMatchObject({ state: 'DONE', counts: { applied: 1 } });
  return key;
}

describe('vectors', () => {
  it('read back beside their revision, whose content only names them', async () => {
    const key = await dataset();
    expect(await vectors(key, 1)).toEqual({ frame: [1, 2], labels: { l1: [0.5], l2: [0.25] } });
    const { content } = (await store.frames.get(key, 1, 'f'))!;
    expect(content.embedding).toEqual({ dimension: 2, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('stay through a patch that names none of them, and are not written again', async () => {
    const key = await dataset(patch('f', { device_id: 'd' }), patch('f', { labels: { delete: ['l2'] } }));
    expect(await vectors(key, 2)).toEqual({ frame: [1, 2], labels: { l1: [0.5], l2: [0.25] } });
    expect((await store.frames.get(key, 3, 'f'))?.vectors_from).toBe(1);
    expect(await store.database.c.embeddings.countDocuments({ dataset: key })).toBe(1);
  });

  it('are kept beside a new one', async () => {
    const key = await dataset(
      patch('f', { labels: { merge: [{ label_id: 'l2', embedding: [9] }] } }),
      patch('f', { embedding: [3, 4] }),
    );
    expect(await vectors(key, 2)).toEqual({ frame: [1, 2], labels: { l1: [0.5], l2: [9] } });
    expect(await vectors(key, 3)).toEqual({ frame: [3, 4], labels: { l1: [0.5], l2: [9] } });
    expect(await vectors(key, 1)).toEqual({ frame: [1, 2], labels: { l1: [0.5], l2: [0.25] } });
  });

  it('go with a put that brings none, unless it keeps them', async () => {
    const plain = { labels: [box('l1'), box('l3')] };
    const key = await dataset(put('f', { ...plain, device_id: 'd' }, { keep_embeddings: true }), put('f', plain));
    expect(await vectors(key, 2)).toMatchObject({ frame: [1, 2], labels: { l1: [0.5] } });
    expect((await store.frames.get(key, 2, 'f'))?.content.labels?.map(({ embedding }) => embedding?.dimension)).toEqual(
      [1, undefined],
    );
    expect(await vectors(key, 3)).toBeUndefined();
  });

  it('can be removed one by one', async () => {
    const key = await dataset(patch('f', { embedding: null }));
    const { content } = (await store.frames.get(key, 2, 'f'))!;
    expect(content.embedding).toBeUndefined();
    expect(content.labels?.[0]?.embedding).toBeDefined();
  });

  it('come back with a rollback and a revert', async () => {
    const key = await dataset(put('f', { embedding: [7, 7] }));
    await restore(store, key, { to: 1 });
    expect(await vectors(key, 3)).toEqual({ frame: [1, 2], labels: { l1: [0.5], l2: [0.25] } });
    const { upload_id } = await upload(store, key, [
      patch('f', { labels: { delete: ['l1', 'l2'] }, embedding: [8, 8] }),
    ]);
    await restore(store, key, { revert: upload_id });
    expect(await vectors(key, 5)).toEqual({ frame: [1, 2], labels: { l1: [0.5], l2: [0.25] } });
    expect((await store.versions.get(key, 5)).content_hash).toBe((await store.versions.get(key, 1)).content_hash);
    await upload(store, key, [patch('f', { labels: { merge: [{ label_id: 'l1', embedding: [4] }] } })]);
    expect(await vectors(key, 6)).toEqual({ frame: [1, 2], labels: { l1: [4], l2: [0.25] } });
  });

  it('count as content: another vector is another revision, the same is none', async () => {
    const key = await dataset();
    expect(await upload(store, key, [withVectors])).toMatchObject({ counts: { unchanged: 1 } });
    expect(await upload(store, key, [patch('f', { embedding: [1, 2.5] })])).toMatchObject({ counts: { applied: 1 } });
  });

  it('of many revisions are read at once', async () => {
    const { key } = await newDataset(store);
    await upload(store, key, [put('a', { embedding: [1] }), put('b'), put('c', { embedding: [3] })]);
    const found = await store.frames.vectors(key, await store.frames.getMany(key, 1, ['a', 'b', 'c']));
    expect([...found].sort()).toEqual([
      ['a', { frame: [1], labels: {} }],
      ['c', { frame: [3], labels: {} }],
    ]);
    expect(await store.frames.vectors(key, [])).toEqual(new Map());
  });
});
