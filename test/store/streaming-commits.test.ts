import { groupWriter, type GroupWriter } from '../../activities/commit/write-group';
import { FOREVER } from '../../domain/revision';
import type { MongoStore } from '../../store/mongo';
import { checkVersion } from './check-version';
import { BAD, frames, OWN_GROUP } from './commit-items';
import {
  box,
  drain,
  listOf,
  newDataset,
  openUpload,
  patch,
  put,
  readAll,
  remove,
  reread,
  submit,
  upload,
  useStore,
} from './store-harness';

let store: MongoStore;
useStore('streaming', (opened) => (store = opened));

describe('streaming items', () => {
  it('commit without the bad ones among them', async () => {
    const dataset = await newDataset(store);
    const { key } = dataset;
    const ended = await upload(store, key, [...frames(5), BAD, '', 'not json', remove('none')], {}, 3);
    expect(ended).toMatchObject({
      state: 'PARTIAL',
      counts: { received: 9, applied: 5, failed: 3, unchanged: 1, not_applied: 0, frames: 5, labels: 5 },
    });
    expect(await reread(store, dataset)).toMatchObject({
      head: 1,
      counts: { frames: 5, labels: 5 },
      pending_commit: null,
    });
    await checkVersion(store, key, 1);
  });

  it('that are sent again are unchanged and make no version', async () => {
    const dataset = await newDataset(store);
    await upload(store, dataset.key, frames(5));
    const before = await reread(store, dataset);
    const again = await upload(store, dataset.key, frames(5));
    expect(again).toMatchObject({
      state: 'DONE',
      counts: { unchanged: 5, applied: 0 },
      first_version: null,
      last_version: null,
    });
    expect(await reread(store, dataset)).toEqual(before);
  });

  it('of one frame make revisions in their order, and a failing one between leaves no gap', async () => {
    const { key } = await newDataset(store);
    const items = [
      put('a', { metadata: { n: 1 } }),
      patch('a', { metadata: { n: 'two' } }),
      patch('a', { metadata: { n: 3 } }),
      patch('a', { device_id: 'd' }),
    ];
    expect(await upload(store, key, items)).toMatchObject({
      counts: { applied: 3, failed: 1 },
      first_version: 1,
      last_version: 3,
    });
    const history = await store.frames.history(key, 3, 'a', { limit: 10 });
    expect(history.map(({ from, to, prev }) => [from, to, prev])).toEqual([
      [3, FOREVER, 2],
      [2, 3, 1],
      [1, 2, 0],
    ]);
    for (const version of [1, 2, 3]) await checkVersion(store, key, version);
  });

  it('of several uploads share a version, each counted for itself', async () => {
    const { key } = await newDataset(store);
    const [one, two] = [
      await openUpload(store, key, { created_by: 'k1' }),
      await openUpload(store, key, { created_by: 'k2' }),
    ];
    await submit(store, key, one.upload_id, [put('a', { labels: [box('l')] }), BAD]);
    await submit(store, key, two.upload_id, [put('b'), put('c')]);
    await drain(store, key);
    const version = await store.versions.get(key, 1);
    expect(
      version.uploads.map(({ upload_id, created_by, counts }) => [
        upload_id,
        created_by,
        counts.applied,
        counts.failed,
        counts.labels,
      ]),
    ).toEqual([
      [one.upload_id, 'k1', 1, 1, 1],
      [two.upload_id, 'k2', 2, 0, 0],
    ]);
    expect(
      (await readAll(store, key, 1)).map(({ frame_id, created_by, upload_id }) => [frame_id, created_by, upload_id]),
    ).toEqual([
      ['a', 'k1', one.upload_id],
      ['b', 'k2', two.upload_id],
      ['c', 'k2', two.upload_id],
    ]);
  });

  it('of uploads that name the same frame go to versions of their own, in the order of their posts', async () => {
    const { key } = await newDataset(store);
    const [one, two] = [await openUpload(store, key), await openUpload(store, key)];
    await submit(store, key, two.upload_id, [put('a', { device_id: 'first' })]);
    await submit(store, key, one.upload_id, [put('a', { device_id: 'second' }), put('b')]);
    await drain(store, key);
    expect((await store.frames.get(key, 1, 'a'))?.content.device_id).toBe('first');
    expect((await store.frames.get(key, 2, 'a'))?.content.device_id).toBe('second');
    expect(await store.frames.get(key, 1, 'b')).toBeNull();
  });

  it('fix a metadata type by the lowest item number, whatever chunk is decided first', async () => {
    const { key } = await newDataset(store);
    const items = [
      put('a', { metadata: { n: 1 } }),
      ...frames(20),
      put('b', { metadata: { n: 'text', m: true } }),
      put('c', { metadata: { m: 1 } }),
      put('d', { metadata: { n: 2, m: 3 } }),
    ];
    const ended = await upload(store, key, items, {}, 1);
    expect(ended.counts).toMatchObject({ failed: 1, applied: 23 });
    const [error] = await listOf(store.uploads.errors(key, ended.upload_id, { bodies: false }));
    expect(error).toMatchObject({ item: 21, code: 'wrong_metadata_type', path: 'metadata.n' });
    // The failed item fixed nothing, so `m` is what the next one says.
    const [second] = await listOf(
      store.uploads.errors(key, (await upload(store, key, [put('e', { metadata: { m: true } })])).upload_id, {
        bodies: false,
      }),
    );
    expect(second).toMatchObject({ code: 'wrong_metadata_type', path: 'metadata.m' });
  });

  it('leave the counts and hash of every version true through deletions and re-creations', async () => {
    const dataset = await newDataset(store);
    const { key } = dataset;
    await upload(store, key, frames(6));
    await upload(store, key, [remove('f0001'), remove('f0002'), put('f0003')]);
    await upload(store, key, [put('f0001', { labels: [box('x'), box('y')] }), remove('f0003')]);
    await upload(store, key, [remove('f0001'), remove('f0001')]);
    const all = (await store.versions.list(key, { limit: 10 })).map(({ version, counts }) => [version, counts]);
    expect(all).toEqual([
      [4, { added: 0, updated: 0, deleted: 1, frames: 3, labels: 3 }],
      [3, { added: 1, updated: 0, deleted: 1, frames: 4, labels: 5 }],
      [2, { added: 0, updated: 1, deleted: 2, frames: 4, labels: 3 }],
      [1, { added: 6, updated: 0, deleted: 0, frames: 6, labels: 6 }],
    ]);
    for (const version of [1, 2, 3, 4]) await checkVersion(store, key, version);
    const history = await store.frames.history(key, 4, 'f0001', { limit: 10 });
    expect(history.map(({ from, to, prev, deleted }) => [from, to, prev, deleted])).toEqual([
      [4, FOREVER, 3, true],
      [3, 4, 2, false],
      [2, 3, 1, true],
      [1, 2, 0, false],
    ]);
  });

  it('commit once although the first attempt died after its chunks were applied', async () => {
    const dataset = await newDataset(store);
    const { key } = dataset;
    const { upload_id } = await openUpload(store, key);
    await submit(store, key, upload_id, [...frames(5 * OWN_GROUP - 1), BAD], OWN_GROUP);
    await expect(drain(store, key, dyingAfter(2))).rejects.toThrow('The worker died');
    expect(await store.database.c.frames.countDocuments({ dataset: key })).toBe(2 * OWN_GROUP);
    expect(await readAll(store, key, 0)).toEqual([]);
    expect(await reread(store, dataset)).toMatchObject({
      head: 0,
      counts: { frames: 0 },
      pending_commit: expect.any(String),
    });
    await drain(store, key);
    expect(await reread(store, dataset)).toMatchObject({
      head: 1,
      counts: { frames: 5 * OWN_GROUP - 1 },
      pending_commit: null,
    });
    expect(await store.database.c.frames.countDocuments({ dataset: key })).toBe(5 * OWN_GROUP - 1);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({
      counts: { applied: 5 * OWN_GROUP - 1, failed: 1, pending: 0 },
    });
    await checkVersion(store, key, 1);
  });

  it('commit once although two actors drain at the same time', async () => {
    const dataset = await newDataset(store);
    const { key } = dataset;
    const { upload_id } = await openUpload(store, key);
    for (let post = 0; post < 6; post++)
      await submit(store, key, upload_id, [...frames(20, `p${post}_`), put('shared', { metadata: { post } })], 5);
    await Promise.all([drain(store, key), drain(store, key), drain(store, key)]);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({
      counts: { received: 126, applied: 126, pending: 0 },
    });
    const { head } = await reread(store, dataset);
    expect((await store.versions.list(key, { limit: 100 })).map(({ version }) => version)).toEqual(
      Array.from({ length: head }, (_, at) => head - at),
    );
    expect(await store.database.c.frames.countDocuments({ dataset: key })).toBe(126);
    expect(
      (await store.frames.history(key, head, 'shared', { limit: 10 })).map(({ content }) => content.metadata?.post),
    ).toEqual([5, 4, 3, 2, 1, 0]);
    await checkVersion(store, key, head);
  });
});

/** Writes some groups and then fails, as the activity of a worker that dies. */
function dyingAfter(groups: number): GroupWriter {
  const inner = groupWriter(store.commits);
  let jobs = 0;
  return {
    async write(job) {
      if (++jobs > groups) throw new Error('The worker died');
      return inner.write(job);
    },
  };
}
