import { groupWriter, type GroupWriter } from '../../activities/commit/write-group';
import { EMPTY_HASH } from '../../domain/content-hash';
import type { MongoStore } from '../../store/mongo';
import { checkVersion } from './check-version';
import { BAD, frames, OWN_GROUP } from './commit-items';
import {
  box,
  codeOf,
  drain,
  listOf,
  newDataset,
  openUpload,
  patch,
  put,
  remove,
  reread,
  submit,
  upload,
  useStore,
} from './store-harness';

let store: MongoStore;
useStore('batches', (opened) => (store = opened));

describe('a batch', () => {
  it('holds label metadata to the types that are declared, and keeps the declaration', async () => {
    const dataset = await newDataset(store, 'BATCH');
    await store.datasets.declareLabelMetadata(dataset.key, { a: 'INTEGER' });
    const labelled = (a: unknown) => put('f', { labels: [box('l', { metadata: { a } })], metadata: { n: 1 } });
    const refused = await upload(store, dataset.key, [labelled('x')], { kind: 'BATCH' });
    expect(refused).toMatchObject({ state: 'FAILED', error: { code: 'batch_refused' } });
    await upload(store, dataset.key, [labelled(1)], { kind: 'BATCH' });
    expect(await reread(store, dataset)).toMatchObject({
      head: 1,
      schema: { metadata: { n: 'NUMERIC' }, label_metadata: { a: 'INTEGER' } },
    });
  });

  it('is one version, however many chunks it has', async () => {
    const dataset = await newDataset(store, 'BATCH');
    const { key } = dataset;
    const { upload_id } = await openUpload(store, key, { kind: 'BATCH' });
    await submit(store, key, upload_id, frames(7), 2);
    await submit(store, key, upload_id, frames(3, 'g'), 2);
    await drain(store, key);
    expect(await reread(store, dataset)).toMatchObject({ head: 0 });
    await store.uploads.close(key, upload_id);
    await drain(store, key);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({
      state: 'DONE',
      counts: { applied: 10 },
      first_version: 1,
      last_version: 1,
    });
    expect(await reread(store, dataset)).toMatchObject({
      head: 1,
      immutable: true,
      counts: { frames: 10, labels: 10 },
    });
    await checkVersion(store, key, 1);
    for (const kind of ['BATCH', 'STREAMING', 'ROLLBACK'] as const)
      expect(await codeOf(openUpload(store, key, { kind, plan: { to: 0 } }))).toBe('dataset_immutable');
    expect(await codeOf(store.staging.openDirect(key, 'k'))).toBe('dataset_immutable');
  });

  it('takes only batches into a BATCH dataset', async () => {
    const { key } = await newDataset(store, 'BATCH');
    expect(await codeOf(openUpload(store, key))).toBe('batch_only');
    expect(await codeOf(store.staging.openDirect(key, 'k'))).toBe('batch_only');
  });

  it('that holds one bad item writes nothing, fixes nothing, and says which', async () => {
    const dataset = await newDataset(store, 'BATCH');
    const { key } = dataset;
    const ended = await upload(store, key, [put('a', { metadata: { n: 1 } }), ...frames(4), BAD], { kind: 'BATCH' }, 2);
    expect(ended).toMatchObject({
      state: 'FAILED',
      error: { code: 'batch_refused' },
      counts: { received: 6, failed: 1, not_applied: 5, applied: 0, frames: 0 },
    });
    expect(await reread(store, dataset)).toMatchObject({
      head: 0,
      immutable: false,
      content_hash: EMPTY_HASH,
      schema: { metadata: {} },
      pending_commit: null,
    });
    expect(await store.database.c.frames.countDocuments({ dataset: key })).toBe(0);
    expect((await store.uploads.windows(key, ended.upload_id, { limit: 9 })).items).toMatchObject([
      { state: 'REFUSED' },
    ]);
    const [error, ...more] = await listOf(store.uploads.errors(key, ended.upload_id, { bodies: true }));
    expect([error?.item, error?.code, error?.body, more]).toEqual([5, 'unknown_class', JSON.stringify(BAD), []]);
    const items = (await store.uploads.items(key, ended.upload_id, {}, { limit: 10 })).items;
    expect(items.map(({ state }) => state)).toEqual([...Array.from({ length: 5 }, () => 'NOT_APPLIED'), 'FAILED']);
    expect(await upload(store, key, frames(2), { kind: 'BATCH' })).toMatchObject({ state: 'DONE' });
  });

  it('that was refused goes through as a whole when it is retried after the cause was mended', async () => {
    const dataset = await newDataset(store, 'BATCH');
    const { key, project } = dataset;
    const { upload_id } = await upload(store, key, [...frames(4), BAD], { kind: 'BATCH' }, 2);
    const { label_classes } = await store.projects.get(project);
    await store.projects.update(project, label_classes, {
      label_classes: [...label_classes, { name: 'unicorn', id: 9, color: [0, 0, 0] }],
    });
    await store.uploads.retry(key, upload_id);
    await drain(store, key);
    const ended = await store.uploads.get(key, upload_id);
    expect(ended).toMatchObject({
      state: 'DONE',
      counts: { received: 5, applied: 5, failed: 0, not_applied: 0, pending: 0 },
      first_version: 1,
    });
    expect(ended.error).toBeUndefined();
    await checkVersion(store, key, 1);
  });

  it('that names a frame twice is refused, also across posts', async () => {
    const dataset = await newDataset(store);
    const { key } = dataset;
    const { upload_id } = await openUpload(store, key, { kind: 'BATCH' });
    await submit(store, key, upload_id, [put('a'), put('b'), put('a')]);
    await submit(store, key, upload_id, [put('c'), put('b')]);
    await store.uploads.close(key, upload_id);
    await drain(store, key);
    const errors = await listOf(store.uploads.errors(key, upload_id, { bodies: false }));
    expect(errors.map(({ item, code, frame_id }) => [item, code, frame_id])).toEqual([
      [2, 'duplicate_frame_id', 'a'],
      [4, 'duplicate_frame_id', 'b'],
    ]);
    expect((await reread(store, dataset)).head).toBe(0);
  });

  it('is decided in its turn, against what came before', async () => {
    const { key } = await newDataset(store);
    const { upload_id: stream } = await openUpload(store, key);
    await submit(store, key, stream, [put('a')]);
    const { upload_id } = await openUpload(store, key, { kind: 'BATCH' });
    await submit(store, key, upload_id, [patch('a', { device_id: 'd' })]);
    await store.uploads.close(key, upload_id);
    await drain(store, key);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({ state: 'DONE', first_version: 2 });
  });

  it('that is cancelled half-way leaves no trace: revisions go, and those it closed stand again', async () => {
    const dataset = await newDataset(store);
    const { key } = dataset;
    await upload(store, key, [...frames(4), put('v', { embedding: [1, 2] })]);
    const before = await store.database.c.frames.find({ dataset: key }).sort({ _id: 1 }).toArray();
    const head = await reread(store, dataset);
    const { upload_id } = await openUpload(store, key, { kind: 'BATCH' });
    const items = [
      remove('f0000'),
      put('f0001', { device_id: 'new' }),
      put('v', { embedding: [3, 4] }),
      ...frames(5 * OWN_GROUP - 3, 'n'),
    ];
    await submit(store, key, upload_id, items, OWN_GROUP);
    await store.uploads.close(key, upload_id);
    const held = holding();
    const draining = drain(store, key, held.groups);
    await held.firstIsWritten;
    expect(await store.database.c.frames.countDocuments({ dataset: key })).toBeGreaterThan(before.length);
    // Written is not yet applied: no reader can see it, and the cancel takes it back.
    const written = (await store.uploads.items(key, upload_id, {}, { limit: 1_000 })).items;
    expect(new Set(written.map(({ state }) => state))).toEqual(new Set(['PENDING']));
    expect((await store.uploads.outcome(upload_id, 0)).item).toMatchObject({ state: 'PENDING' });
    await store.uploads.cancel(key, upload_id);
    held.release();
    await draining;
    expect(await store.uploads.get(key, upload_id)).toMatchObject({
      state: 'CANCELLED',
      counts: { received: 5 * OWN_GROUP, applied: 0, not_applied: 5 * OWN_GROUP, pending: 0 },
      first_version: null,
    });
    expect(await reread(store, dataset)).toEqual(head);
    expect(await store.database.c.frames.find({ dataset: key }).sort({ _id: 1 }).toArray()).toEqual(before);
    expect(await store.database.c.embeddings.countDocuments({ dataset: key })).toBe(1);
    expect((await store.uploads.windows(key, upload_id, { limit: 9 })).items).toMatchObject([{ state: 'CANCELLED' }]);
    await upload(store, key, [put('f0001', { device_id: 'after' })]);
    await checkVersion(store, key, 2);
  });

  it('that is cancelled before its turn is taken out of the queue', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await openUpload(store, key, { kind: 'BATCH' });
    await submit(store, key, upload_id, frames(3));
    await store.uploads.close(key, upload_id);
    expect(await store.uploads.cancel(key, upload_id)).toMatchObject({
      state: 'CANCELLED',
      counts: { not_applied: 3, pending: 0 },
    });
    expect(await store.commits.waiting(key, 9)).toEqual([]);
  });
});

/** Writes groups, and does not say so before it is released. */
function holding() {
  const inner = groupWriter(store.commits);
  const gate = signal();
  const first = signal();
  const groups: GroupWriter = {
    async write(job) {
      const outcome = await inner.write(job);
      first.give();
      await gate.promise;
      return outcome;
    },
  };
  return { groups, firstIsWritten: first.promise, release: gate.give };
}

function signal(): { promise: Promise<void>; give: () => void } {
  let give: () => void = () => {};
  const promise = new Promise<void>((resolve) => (give = resolve));
  return { promise, give };
}
