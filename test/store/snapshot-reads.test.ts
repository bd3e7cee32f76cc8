import type { MongoStore } from '../../store/mongo';
import { drain, newDataset, openUpload, patch, put, reread, submit, upload, useStore } from './store-harness';

let store: MongoStore;
useStore('snapshots', (opened) => (store = opened));

const COUNT = 400;
const id = (n: number): string => `f${String(n).padStart(4, '0')}`;

it('pages at head and at an old version hold each frame once while commits close revisions', async () => {
  const dataset = await newDataset(store);
  const { key } = dataset;
  const all = Array.from({ length: COUNT }, (_, n) => id(n));
  await upload(
    store,
    key,
    all.map((frame_id) => put(frame_id, { metadata: { round: 0 } })),
  );
  const { upload_id } = await openUpload(store, key);
  let writing = true;
  const writer = (async () => {
    for (let round = 1; round <= 12; round++) {
      await submit(
        store,
        key,
        upload_id,
        all.map((frame_id) => patch(frame_id, { metadata: { round } })),
        50,
      );
      await drain(store, key);
    }
  })().finally(() => (writing = false));

  const heads = new Set<number>();
  let reads = 0;
  while (writing) {
    const { head } = await reread(store, dataset);
    for (const version of [head, 1]) {
      const { items } = await store.frames.page(key, version, {}, { limit: COUNT + 50 });
      expect(items.map(({ frame_id }) => frame_id)).toEqual(all);
      // One version is one round: a mixture would be half a window.
      expect(new Set(items.map(({ content }) => content.metadata?.round)).size).toBe(1);
      expect(await store.frames.get(key, version, id(COUNT - 1))).not.toBeNull();
    }
    const many = await store.frames.getMany(key, head, all.slice(0, 100));
    expect(many).toHaveLength(100);
    heads.add(head);
    reads++;
  }
  await writer;
  expect((await reread(store, dataset)).head).toBe(13);
  // The reader met the writer, and more than once.
  expect(heads.size).toBeGreaterThan(3);
  expect(reads).toBeGreaterThan(10);
});
