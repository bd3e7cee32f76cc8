import type { MongoStore } from '../../store/mongo';
import {
  chunksOf,
  codeOf,
  drain,
  freshId,
  newDataset,
  openUpload,
  put,
  readAll,
  reread,
  submit,
  useStore,
} from './store-harness';

let store: MongoStore;
useStore('staging', (opened) => (store = opened));

const write = (frame_id: string, frame: object = {}) => ({ frame_id, line: JSON.stringify(put(frame_id, frame)) });

describe('a submission', () => {
  it('commits nothing until it is complete, and then gets its numbers in the order of completion', async () => {
    const dataset = await newDataset(store);
    const { key } = dataset;
    const { upload_id } = await openUpload(store, key);
    const slow = await store.staging.begin(key, upload_id);
    await store.staging.putChunk(slow, chunksOf([JSON.stringify(put('slow'))])[0]!);
    expect(await submit(store, key, upload_id, [put('a'), put('b')])).toEqual({ first_index: 0, count: 2 });
    await drain(store, key);
    expect((await readAll(store, key, 1)).map(({ frame_id }) => frame_id)).toEqual(['a', 'b']);
    expect(await store.staging.complete(slow, { chunks: 1, items: 1 })).toEqual({ first_index: 2, count: 1 });
    await drain(store, key);
    expect((await reread(store, dataset)).counts.frames).toBe(3);
  });

  it('leaves nothing when it is abandoned, and cannot be completed any more', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await openUpload(store, key);
    const submission = await store.staging.begin(key, upload_id);
    for (const chunk of chunksOf(['{}', '{}'], 1)) await store.staging.putChunk(submission, chunk);
    await store.staging.abandon(submission);
    expect(await store.database.c.chunks.countDocuments({ upload_id })).toBe(0);
    expect(await store.database.c.bodies.countDocuments({ _id: new RegExp(`^${submission.submission_id}`) })).toBe(0);
    expect(await codeOf(store.staging.complete(submission, { chunks: 2, items: 2 }))).toBe('conflict');
    expect((await store.uploads.get(key, upload_id)).counts.received).toBe(0);
    const kept = await submit(store, key, upload_id, [put('a')]);
    expect(kept.first_index).toBe(0);
  });

  it('that is complete is not taken back', async () => {
    const dataset = await newDataset(store);
    const { upload_id } = await openUpload(store, dataset.key);
    const submission = await store.staging.begin(dataset.key, upload_id);
    await store.staging.putChunk(submission, chunksOf([JSON.stringify(put('a'))])[0]!);
    await store.staging.complete(submission, { chunks: 1, items: 1 });
    await store.staging.abandon(submission);
    await drain(store, dataset.key);
    expect((await reread(store, dataset)).counts.frames).toBe(1);
  });

  it('that was never finished is dropped by the sweep, and no other', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await openUpload(store, key);
    const [stale, young] = [await store.staging.begin(key, upload_id), await store.staging.begin(key, upload_id)];
    for (const submission of [stale, young]) await store.staging.putChunk(submission, chunksOf(['{}'])[0]!);
    const long_ago = new Date(Date.now() - 3_600_000);
    await store.database.c.submissions.updateOne({ _id: stale.submission_id }, { $set: { created_at: long_ago } });
    expect(await store.maintenance.dropStaleSubmissions(new Date(Date.now() - 1_800_000))).toBe(1);
    expect(await store.database.c.chunks.countDocuments({ upload_id })).toBe(1);
    expect(await store.staging.complete(young, { chunks: 1, items: 1 })).toEqual({ first_index: 0, count: 1 });
  });
});

describe('single writes', () => {
  it('commit together, each with its own outcome, in an upload that ends when it is closed', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await store.staging.openDirect(key, 'k7');
    await store.staging.stageDirect(key, upload_id, 0, [write('a'), write('b', { unknown: 1 })]);
    await store.staging.stageDirect(key, upload_id, 2, [write('a', { device_id: 'd' })]);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({
      kind: 'DIRECT',
      state: 'OPEN',
      counts: { received: 3, pending: 3 },
    });
    expect((await store.uploads.outcome(upload_id, 2)).item).toMatchObject({ frame_id: 'a', state: 'PENDING' });
    await drain(store, key);
    expect((await store.uploads.outcome(upload_id, 0)).item).toMatchObject({ state: 'APPLIED', version: 1 });
    const failed = await store.uploads.outcome(upload_id, 1);
    expect([failed.item.state, failed.error?.code, failed.error?.path]).toEqual(['FAILED', 'unknown_field', 'unknown']);
    expect((await store.uploads.outcome(upload_id, 2)).item).toMatchObject({ state: 'APPLIED', version: 2 });
    expect((await store.frames.get(key, 2, 'a'))?.created_by).toBe('k7');
    await store.staging.closeDirect(key, upload_id, 3);
    await store.staging.closeDirect(key, upload_id, 99);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({
      state: 'PARTIAL',
      counts: { received: 3, applied: 2, failed: 1, pending: 0 },
    });
  });

  it('that are closed while some wait end when these are committed', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await store.staging.openDirect(key, 'k');
    await store.staging.stageDirect(key, upload_id, 0, [write('a')]);
    await store.staging.closeDirect(key, upload_id, 1);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({ state: 'PROCESSING', counts: { pending: 1 } });
    await drain(store, key);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({ state: 'DONE', counts: { pending: 0 } });
  });

  it('leave no upload behind when there were none', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await store.staging.openDirect(key, 'k');
    await store.staging.closeDirect(key, upload_id, 0);
    expect(await codeOf(store.uploads.get(key, upload_id))).toBe('upload_not_found');
  });

  it('take no posts, and are not cancelled', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await store.staging.openDirect(key, 'k');
    expect(await codeOf(store.staging.begin(key, upload_id))).toBe('upload_closed');
    expect(await codeOf(store.uploads.cancel(key, upload_id))).toBe('upload_finished');
    expect(await codeOf(store.uploads.close(key, upload_id))).toBe('upload_closed');
    expect(await codeOf(store.staging.openDirect(999_999, 'k'))).toBe('dataset_not_found');
  });

  it('note their item numbers with their idempotency keys, or are not staged when one was taken over', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await store.staging.openDirect(key, 'k');
    const [mine, lost] = [freshId('c'), freshId('c')];
    await store.idempotency.claim(mine, 'h', 'me');
    await store.staging.stageDirect(key, upload_id, 0, [{ ...write('a'), claim: { id: mine, owner: 'me' } }]);
    expect((await store.database.c.idempotency.findOne({ _id: mine }))?.resume).toEqual({ upload_id, item: 0 });
    await store.idempotency.claim(lost, 'h', 'somebody');
    const both = store.staging.stageDirect(key, upload_id, 1, [
      write('b'),
      { ...write('c'), claim: { id: lost, owner: 'me' } },
    ]);
    expect(await codeOf(both)).toBe('conflict');
    await drain(store, key);
    expect((await readAll(store, key, 1)).map(({ frame_id }) => frame_id)).toEqual(['a']);
  });

  it('of a process that died are closed by the sweep, and end when what waits is committed', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await store.staging.openDirect(key, 'k');
    await store.staging.stageDirect(key, upload_id, 0, [write('a'), write('b')]);
    await drain(store, key);
    await store.staging.stageDirect(key, upload_id, 2, [write('c')]);
    await store.maintenance.closeOrphanedDirects(new Date(0));
    expect(await store.uploads.get(key, upload_id)).toMatchObject({ state: 'OPEN' });
    expect(await store.maintenance.closeOrphanedDirects(new Date(Date.now() + 1_000))).toBeGreaterThan(0);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({
      state: 'PROCESSING',
      counts: { received: 3, pending: 1 },
    });
    await drain(store, key);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({
      state: 'DONE',
      closed: true,
      counts: { received: 3, applied: 3 },
    });
  });
});
