import { EMPTY_HASH } from '../../domain/content-hash';
import type { MongoStore } from '../../store/mongo';
import {
  box,
  drain,
  newDataset,
  openUpload,
  patch,
  put,
  readAll,
  remove,
  reread,
  restore,
  submit,
  upload,
  useStore,
} from './store-harness';

let store: MongoStore;
useStore('restore', (opened) => (store = opened));

/** Three versions: two frames; one of them changed and a third added; the first deleted. */
async function threeVersions() {
  const dataset = await newDataset(store);
  const { key } = dataset;
  const uploads = [
    await upload(store, key, [put('a', { labels: [box('l1')] }), put('b', { metadata: { n: 1 } })]),
    await upload(store, key, [patch('b', { metadata: { n: 2 } }), put('c', { labels: [box('l2'), box('l3')] })]),
    await upload(store, key, [remove('a')]),
  ];
  return { dataset, key, uploads: uploads.map(({ upload_id }) => upload_id) };
}

const hashOf = async (key: number, version: number): Promise<string> =>
  (await store.versions.get(key, version)).content_hash;
const contents = async (key: number, version: number) =>
  (await readAll(store, key, version)).map(({ frame_id, hash }) => [frame_id, hash]);

describe('a rollback', () => {
  it('writes a new version equal to the old one, and leaves those between as they were', async () => {
    const { key, dataset } = await threeVersions();
    const before = await Promise.all([1, 2, 3].map((version) => readAll(store, key, version)));
    expect(await restore(store, key, { to: 1 })).toMatchObject({
      state: 'DONE',
      kind: 'ROLLBACK',
      first_version: 4,
      last_version: 4,
      counts: { received: 3, applied: 3, frames: 3 },
    });
    expect(await hashOf(key, 4)).toBe(await hashOf(key, 1));
    expect(await contents(key, 4)).toEqual(await contents(key, 1));
    const strip = (found: Awaited<ReturnType<typeof readAll>>) => found.map(({ to: _to, ...revision }) => revision);
    for (const version of [1, 2, 3])
      expect(strip(await readAll(store, key, version))).toEqual(strip(before[version - 1]!));
    const version = await store.versions.get(key, 4);
    expect(version).toMatchObject({
      kind: 'ROLLBACK',
      counts: { added: 1, updated: 1, deleted: 1, frames: 2, labels: 1 },
    });
    expect((await reread(store, dataset)).counts).toEqual({ frames: 2, labels: 1 });
  });

  it('to version 0 leaves nothing, and can itself be rolled back', async () => {
    const { key, dataset } = await threeVersions();
    await restore(store, key, { to: 0 });
    expect(await reread(store, dataset)).toMatchObject({
      head: 4,
      content_hash: EMPTY_HASH,
      counts: { frames: 0, labels: 0 },
    });
    expect(await readAll(store, key, 4)).toEqual([]);
    await restore(store, key, { to: 3 });
    expect(await hashOf(key, 5)).toBe(await hashOf(key, 3));
    expect(await contents(key, 5)).toEqual(await contents(key, 3));
  });

  it('that changes nothing makes no version', async () => {
    const { key, dataset } = await threeVersions();
    await restore(store, key, { to: 1 });
    const none = await restore(store, key, { to: 1 });
    expect(none).toMatchObject({ state: 'DONE', first_version: null, last_version: null, counts: { received: 0 } });
    expect((await reread(store, dataset)).head).toBe(4);
  });

  it('is planned in its turn, against the head then', async () => {
    const { key } = await threeVersions();
    const { upload_id } = await openUpload(store, key);
    await submit(store, key, upload_id, [put('late', { labels: [box('x')] })]);
    await restore(store, key, { to: 2 });
    expect(await contents(key, 5)).toEqual(await contents(key, 2));
    expect((await store.frames.get(key, 4, 'late'))?.frame_id).toBe('late');
  });
});

describe('a revert', () => {
  it('takes one upload back and nothing else', async () => {
    const { key, uploads } = await threeVersions();
    expect(await store.frames.revertConflicts(key, uploads[1]!, 10)).toEqual([]);
    expect(await restore(store, key, { revert: uploads[1]! })).toMatchObject({
      state: 'DONE',
      kind: 'REVERT',
      counts: { applied: 2 },
    });
    const [b] = await readAll(store, key, 4);
    expect(b).toMatchObject({ frame_id: 'b', from: 4, prev: 2, content: { metadata: { n: 1 } } });
    expect(b?.hash).toBe((await store.frames.get(key, 1, 'b'))?.hash);
    expect(await store.frames.get(key, 4, 'c')).toBeNull();
  });

  it('of a deletion brings the frame back', async () => {
    const { key, uploads } = await threeVersions();
    await restore(store, key, { revert: uploads[2]! });
    expect(await hashOf(key, 4)).toBe(await hashOf(key, 2));
  });

  it('is refused as a whole when a frame of it has changed since', async () => {
    const { key, dataset, uploads } = await threeVersions();
    expect(await store.frames.revertConflicts(key, uploads[0]!, 10)).toEqual(['a', 'b']);
    expect(await store.frames.revertConflicts(key, uploads[0]!, 1)).toHaveLength(1);
    const refused = await restore(store, key, { revert: uploads[0]! });
    expect(refused).toMatchObject({
      state: 'FAILED',
      first_version: null,
      error: { code: 'revert_conflict', frames: ['a', 'b'] },
    });
    expect(await reread(store, dataset)).toMatchObject({
      head: 3,
      pending_commit: null,
      content_hash: await hashOf(key, 3),
    });
    await upload(store, key, [put('after')]);
    expect((await reread(store, dataset)).head).toBe(4);
  });

  it('of an upload that changed a frame several times goes back before the first', async () => {
    const { key, dataset } = await threeVersions();
    const { upload_id } = await openUpload(store, key);
    for (const n of [10, 11, 12]) {
      await submit(store, key, upload_id, [patch('b', { metadata: { n } }), put(`new${n}`)]);
      await drain(store, key);
    }
    await store.uploads.close(key, upload_id);
    expect((await reread(store, dataset)).head).toBe(6);
    await restore(store, key, { revert: upload_id });
    expect(await hashOf(key, 7)).toBe(await hashOf(key, 3));
  });

  it('of a revert brings the upload back', async () => {
    const { key, uploads } = await threeVersions();
    const { upload_id } = await restore(store, key, { revert: uploads[1]! });
    await restore(store, key, { revert: upload_id });
    expect(await hashOf(key, 5)).toBe(await hashOf(key, 3));
  });
});
