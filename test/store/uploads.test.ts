import type { MongoStore } from '../../store/mongo';
import {
  box,
  chunksOf,
  codeOf,
  drain,
  listOf,
  newDataset,
  openUpload,
  patch,
  put,
  reread,
  restore,
  submit,
  upload,
  useStore,
} from './store-harness';

let store: MongoStore;
useStore('uploads', (opened) => (store = opened));

const GOOD = [put('a', { labels: [box('l')] }), put('b')];

describe('an upload', () => {
  it('starts open, and is one when it is opened twice under one id', async () => {
    const { key, project, dataset } = await newDataset(store);
    const opened = await openUpload(store, key, { upload_id: 'mine', message: 'm', external_id: 'x' });
    expect(opened).toMatchObject({
      upload_id: 'mine',
      key,
      project,
      dataset,
      kind: 'STREAMING',
      mode: 'STREAMING',
      state: 'OPEN',
      created_by: 'k1',
      message: 'm',
      external_id: 'x',
      closed: false,
      cancelled: false,
      windows: 0,
      first_version: null,
      last_version: null,
      counts: { received: 0, applied: 0, unchanged: 0, failed: 0, not_applied: 0, frames: 0, labels: 0, pending: 0 },
    });
    expect(await openUpload(store, key, { upload_id: 'mine', message: 'other' })).toEqual(opened);
    const other = await newDataset(store);
    expect(await codeOf(store.uploads.get(other.key, 'mine'))).toBe('upload_not_found');
    expect(await codeOf(openUpload(store, other.key, { upload_id: 'mine' }))).toBe('upload_not_found');
    expect(await codeOf(openUpload(store, 999_999))).toBe('dataset_not_found');
  });

  it('is shown to the sweep until its workflow has seen its end; of many that are open the newest', async () => {
    const { key } = await newDataset(store);
    const [older, newer] = [await openUpload(store, key), await openUpload(store, key)];
    const unwatched = async (limit: number) =>
      (await store.maintenance.unwatchedUploads(limit)).map(({ upload_id, closed }) => ({ upload_id, closed }));
    const open = async (limit: number) => (await unwatched(limit)).filter(({ closed }) => !closed);
    expect(await open(1)).toEqual([{ upload_id: newer.upload_id, closed: false }]);
    await submit(store, key, older.upload_id, GOOD);
    await store.uploads.close(key, older.upload_id);
    await drain(store, key);
    expect(await unwatched(1_000)).toContainEqual({ upload_id: older.upload_id, closed: true });
    await store.maintenance.markWatched(older.upload_id);
    await store.maintenance.markWatched(newer.upload_id);
    expect(await unwatched(1_000)).not.toContainEqual(expect.objectContaining({ upload_id: older.upload_id }));
    expect(await open(1)).toEqual([{ upload_id: newer.upload_id, closed: false }]);
  });

  it('takes no items once it is closed, and may be closed again', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await openUpload(store, key);
    const early = await store.staging.begin(key, upload_id);
    await store.staging.putChunk(early, chunksOf(['{}'])[0]!);
    await submit(store, key, upload_id, GOOD);
    const closed = await store.uploads.close(key, upload_id);
    expect(closed).toMatchObject({ state: 'PROCESSING', closed: true, counts: { received: 2, pending: 2 } });
    expect(await codeOf(store.staging.begin(key, upload_id))).toBe('upload_closed');
    expect(await codeOf(store.staging.complete(early, { chunks: 1, items: 1 }))).toBe('upload_closed');
    expect(await store.uploads.close(key, upload_id)).toEqual(closed);
    await drain(store, key);
    expect(await store.uploads.close(key, upload_id)).toMatchObject({
      state: 'DONE',
      counts: { received: 2, applied: 2, pending: 0, frames: 2, labels: 1 },
    });
    expect(await codeOf(store.staging.begin(key, 'none'))).toBe('upload_not_found');
  });

  it('that is closed empty has failed', async () => {
    const { key } = await newDataset(store);
    for (const kind of ['STREAMING', 'BATCH'] as const) {
      const { upload_id } = await openUpload(store, key, { kind });
      expect(await store.uploads.close(key, upload_id)).toMatchObject({
        state: 'FAILED',
        error: { code: 'upload_empty' },
      });
    }
    expect(await store.commits.waiting(key, 10)).toEqual([]);
  });

  it('commits while it is open', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await openUpload(store, key);
    await submit(store, key, upload_id, [put('a')]);
    await drain(store, key);
    await submit(store, key, upload_id, [put('b'), put('a', { device_id: 'd' })]);
    await drain(store, key);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({
      state: 'OPEN',
      first_version: 1,
      last_version: 2,
      counts: { applied: 3, pending: 0 },
    });
    const { items, next } = await store.uploads.windows(key, upload_id, { limit: 1 });
    expect(items).toEqual([
      {
        window: 0,
        state: 'DONE',
        version: 1,
        counts: { received: 1, applied: 1, unchanged: 0, failed: 0, not_applied: 0, frames: 1, labels: 0 },
      },
    ]);
    expect((await store.uploads.windows(key, upload_id, { after: next!, limit: 9 })).items).toMatchObject([
      { window: 1, version: 2, counts: { received: 2 } },
    ]);
    expect(await store.uploads.close(key, upload_id)).toMatchObject({ state: 'DONE' });
  });

  it('of nothing but bad items has failed, of some is partial', async () => {
    const { key } = await newDataset(store);
    const bad = put('x', { labels: [box('l', { class: 'unicorn' })] });
    expect(await upload(store, key, [bad])).toMatchObject({
      state: 'FAILED',
      counts: { failed: 1 },
      first_version: null,
    });
    expect(await upload(store, key, [bad, put('a')])).toMatchObject({
      state: 'PARTIAL',
      counts: { failed: 1, applied: 1 },
      first_version: 1,
    });
  });

  it('is listed newest first, by kind and state, page by page', async () => {
    const dataset = await newDataset(store);
    const { key } = dataset;
    const first = await upload(store, key, [put('a')]);
    const second = await openUpload(store, key);
    const third = await openUpload(store, key, { kind: 'BATCH' });
    const fourth = await restore(store, key, { to: 0 });
    const ids = async (filter: object, after?: string, limit = 10) => {
      const page = await store.uploads.list(key, filter, { after, limit });
      return [page.items.map(({ upload_id }) => upload_id), page.next];
    };
    expect(await ids({})).toEqual([[fourth.upload_id, third.upload_id, second.upload_id, first.upload_id], null]);
    expect(await ids({}, undefined, 2)).toEqual([[fourth.upload_id, third.upload_id], third.upload_id]);
    expect(await ids({}, third.upload_id, 2)).toEqual([[second.upload_id, first.upload_id], null]);
    expect(await ids({ kind: 'STREAMING' })).toEqual([[second.upload_id, first.upload_id], null]);
    expect(await ids({ state: 'DONE' })).toEqual([[fourth.upload_id, first.upload_id], null]);
    expect(await ids({ kind: 'STREAMING', state: 'DONE' })).toEqual([[first.upload_id], null]);
  });
});

describe('cancelling', () => {
  it('drops what waits, keeps what is committed, and may be repeated', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await openUpload(store, key);
    await submit(store, key, upload_id, [put('a')]);
    await drain(store, key);
    await submit(store, key, upload_id, GOOD);
    const cancelled = await store.uploads.cancel(key, upload_id);
    expect(cancelled).toMatchObject({
      state: 'CANCELLED',
      counts: { received: 3, applied: 1, not_applied: 2, pending: 0 },
      last_version: 1,
    });
    expect(await store.uploads.cancel(key, upload_id)).toEqual(cancelled);
    await drain(store, key);
    expect(await store.uploads.get(key, upload_id)).toEqual(cancelled);
    expect(await codeOf(store.staging.begin(key, upload_id))).toBe('upload_cancelled');
    expect(await codeOf(store.uploads.close(key, upload_id))).toBe('upload_cancelled');
    expect(await codeOf(store.uploads.retry(key, upload_id))).toBe('nothing_to_retry');
    const { items } = await store.uploads.items(key, upload_id, {}, { limit: 10 });
    expect(items.map(({ item, frame_id, state }) => [item, frame_id, state])).toEqual([
      [0, 'a', 'APPLIED'],
      [1, 'a', 'NOT_APPLIED'],
      [2, 'b', 'NOT_APPLIED'],
    ]);
  });

  it('is refused for what has ended', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await upload(store, key, GOOD);
    expect(await codeOf(store.uploads.cancel(key, upload_id))).toBe('upload_finished');
    expect(await codeOf(store.uploads.cancel(key, 'none'))).toBe('upload_not_found');
  });

  it('lets a rollback that has not begun go', async () => {
    const dataset = await newDataset(store);
    await upload(store, dataset.key, GOOD);
    const { upload_id, state } = await openUpload(store, dataset.key, { kind: 'ROLLBACK', plan: { to: 0 } });
    expect(state).toBe('PROCESSING');
    expect(await store.uploads.cancel(dataset.key, upload_id)).toMatchObject({ state: 'CANCELLED' });
    await drain(store, dataset.key);
    expect((await reread(store, dataset)).head).toBe(1);
  });
});

describe('retrying', () => {
  it('drives the failed items once more under their old numbers, once the cause is mended', async () => {
    const { key, project } = await newDataset(store);
    const items = [
      put('a'),
      put('b', { labels: [box('l', { class: 'new' })] }),
      'no json',
      patch('zz', { device_id: 'd' }),
      put('c'),
    ];
    const done = await upload(store, key, items);
    expect(done).toMatchObject({ state: 'PARTIAL', counts: { received: 5, applied: 2, failed: 3 } });
    const { label_classes } = await store.projects.get(project);
    await store.projects.update(project, label_classes, {
      label_classes: [...label_classes, { name: 'new', id: 9, color: [0, 0, 0] }],
    });
    const { retried, upload: running } = await store.uploads.retry(key, done.upload_id);
    expect(retried).toBe(3);
    expect(running).toMatchObject({ state: 'PROCESSING', counts: { received: 5, applied: 2, failed: 0, pending: 3 } });
    expect(await codeOf(store.uploads.retry(key, done.upload_id))).toBe('upload_not_finished');
    await drain(store, key);
    expect(await store.uploads.get(key, done.upload_id)).toMatchObject({
      state: 'PARTIAL',
      counts: { received: 5, applied: 3, failed: 2, pending: 0 },
      last_version: 2,
    });
    const listed = (await store.uploads.items(key, done.upload_id, {}, { limit: 10 })).items;
    expect(listed.map(({ item, state, version, code }) => [item, state, version ?? code])).toEqual([
      [0, 'APPLIED', 1],
      [1, 'APPLIED', 2],
      [2, 'FAILED', 'invalid_json'],
      [3, 'FAILED', 'frame_not_found'],
      [4, 'APPLIED', 1],
    ]);
    const errors = await listOf(store.uploads.errors(key, done.upload_id, { bodies: true }));
    expect(errors.map(({ item, line, code, body }) => [item, line, code, body])).toEqual([
      [2, 3, 'invalid_json', 'no json'],
      [3, 4, 'frame_not_found', JSON.stringify(items[3])],
    ]);
    expect((await store.uploads.outcome(done.upload_id, 1)).item).toMatchObject({ state: 'APPLIED', version: 2 });
    expect((await store.uploads.outcome(done.upload_id, 3)).error).toMatchObject({ code: 'frame_not_found', line: 4 });
  });

  it('can be done again and again', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await upload(store, key, [patch('late', { device_id: 'd' })]);
    await store.uploads.retry(key, upload_id);
    await drain(store, key);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({ state: 'FAILED', counts: { failed: 1 } });
    await upload(store, key, [put('late')]);
    await store.uploads.retry(key, upload_id);
    await drain(store, key);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({ state: 'DONE', counts: { failed: 0, applied: 1 } });
    expect(await codeOf(store.uploads.retry(key, upload_id))).toBe('nothing_to_retry');
    expect(await listOf(store.uploads.errors(key, upload_id, { bodies: true }))).toEqual([]);
  });

  it('is refused while nothing failed', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await openUpload(store, key);
    expect(await codeOf(store.uploads.retry(key, upload_id))).toBe('upload_not_finished');
    expect(await codeOf(store.uploads.retry(key, 'none'))).toBe('upload_not_found');
  });
});

describe('items and errors', () => {
  it('are listed in item order over several posts and chunks, filtered and page by page', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await openUpload(store, key);
    const bad = (id: string) =>
      put(id, { labels: [box('x', { geometry: { left: 0, top: 0, width: -1, height: 0 } })] });
    await submit(store, key, upload_id, [put('f0', { labels: [box('l1'), box('l2')] }), bad('f1'), put('g2')], 2);
    await submit(store, key, upload_id, [bad('f3'), put('g4'), bad('f5')], 1);
    const waiting = (await store.uploads.items(key, upload_id, { state: 'PENDING' }, { limit: 9 })).items;
    expect(waiting.map(({ item }) => item)).toEqual([0, 1, 2, 3, 4, 5]);
    await drain(store, key);
    const page = async (filter: object, after?: number, limit = 2) => {
      const found = await store.uploads.items(key, upload_id, filter, { after, limit });
      return [found.items.map(({ item }) => item), found.next];
    };
    expect(await page({})).toEqual([[0, 1], 1]);
    expect(await page({}, 1, 3)).toEqual([[2, 3, 4], 4]);
    expect(await page({}, 4)).toEqual([[5], null]);
    expect(await page({ state: 'FAILED' })).toEqual([[1, 3], 3]);
    expect(await page({ state: 'FAILED' }, 3)).toEqual([[5], null]);
    expect(await page({ q: 'g' })).toEqual([[2, 4], null]);
    expect(await page({ state: 'APPLIED', q: 'f' })).toEqual([[0], null]);
    const [first] = (await store.uploads.items(key, upload_id, {}, { limit: 1 })).items;
    expect(first).toEqual({
      item: 0,
      op: 'put',
      frame_id: 'f0',
      label_ids: ['l1', 'l2'],
      state: 'APPLIED',
      version: 1,
    });
    const errors = await listOf(store.uploads.errors(key, upload_id, { after: 1, bodies: false }));
    expect(errors).toEqual([
      expect.objectContaining({
        item: 3,
        line: 1,
        frame_id: 'f3',
        label_id: 'x',
        code: 'invalid_number',
        path: 'labels[0].geometry.width',
        attempts: 1,
        window: 0,
      }),
      expect.objectContaining({ item: 5, line: 3 }),
    ]);
    expect(await codeOf(store.uploads.outcome(upload_id, 6))).toBe('upload_not_found');
    expect(await codeOf(store.uploads.outcome('none', 0))).toBe('upload_not_found');
  });
});
