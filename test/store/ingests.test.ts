import type { IngestPart, NewIngest } from '../../store/ingests';
import type { MongoStore } from '../../store/mongo';
import { frames } from './commit-items';
import { chunksOf, codeOf, drain, newDataset, reread, useStore } from './store-harness';

let store: MongoStore;
useStore('ingests', (opened) => (store = opened));

const part = (object_id: string): IngestPart => ({ rows: { object_id }, vectors: [], assets: [] });
const ingestOf = (external_id: string, more: Partial<NewIngest> = {}): NewIngest => ({
  external_id,
  kind: 'STREAMING',
  created_by: 'k',
  message: '',
  format: { rows: 'frames', public_url: 'http://h' },
  parts: [part('a'), part('b')],
  ...more,
});

async function stagePart(key: number, upload_id: string, items: object[], parts_staged: number): Promise<unknown> {
  const submission = await store.staging.begin(key, upload_id);
  const chunks = chunksOf(items.map((item) => JSON.stringify(item)));
  for (const chunk of chunks) await store.staging.putChunk(submission, chunk);
  const totals = { chunks: chunks.length, items: items.length };
  return store.staging.complete(submission, totals, { parts_staged });
}

describe('an upload that comes as files', () => {
  it('is the same upload however often and by how many it is opened', async () => {
    const { key } = await newDataset(store);
    const opened = await Promise.all(Array.from({ length: 6 }, () => store.ingests.open(key, ingestOf('v'))));
    expect(new Set(opened.map(({ upload_id }) => upload_id)).size).toBe(1);
    expect(opened[0]).toMatchObject({ state: 'OPEN', staging: true, external_id: 'v', closed: false });
    const other = await newDataset(store);
    expect((await store.ingests.open(other.key, ingestOf('v'))).upload_id).not.toBe(opened[0]?.upload_id);
    expect(await store.ingests.byExternalId(key, 'v')).toMatchObject({ state: 'WAITING', parts_staged: 0 });
    expect(await store.ingests.byExternalId(key, 'w')).toBeNull();
  });

  it('stages each part once, and closes by itself', async () => {
    const dataset = await newDataset(store);
    const { key } = dataset;
    const { upload_id } = await store.ingests.open(key, ingestOf('v'));
    expect(await codeOf(store.uploads.close(key, upload_id))).toBe('upload_closed');
    await stagePart(key, upload_id, frames(2), 1);
    expect(await codeOf(stagePart(key, upload_id, frames(2), 1))).toBe('conflict');
    expect(await codeOf(store.ingests.skipPart(upload_id, 1))).toBe('conflict');
    await store.ingests.skipPart(upload_id, 2);
    await store.ingests.finish(upload_id);
    await store.ingests.finish(upload_id);
    expect(await store.ingests.get(upload_id)).toMatchObject({ state: 'STAGED', parts_staged: 2 });
    await drain(store, key);
    const ended = await store.uploads.get(key, upload_id);
    expect(ended).toMatchObject({ state: 'DONE', counts: { received: 2, applied: 2 } });
    expect(ended.staging).toBeUndefined();
    expect(await reread(store, dataset)).toMatchObject({ head: 1, counts: { frames: 2 } });
  });

  it('waits for those of its dataset that were opened earlier, not for those of others', async () => {
    const { key } = await newDataset(store);
    const other = await newDataset(store);
    const [first, second, foreign] = await Promise.all(
      [
        await store.ingests.open(key, ingestOf('1')),
        await store.ingests.open(key, ingestOf('2')),
        await store.ingests.open(other.key, ingestOf('1')),
      ].map(async ({ upload_id }) => (await store.ingests.get(upload_id))!),
    );
    expect(await store.ingests.mustWait(first!)).toBe(false);
    expect(await store.ingests.mustWait(second!)).toBe(true);
    expect(await store.ingests.mustWait(foreign!)).toBe(false);
    expect((await store.ingests.newest(key, 5)).map(({ external_id }) => external_id)).toEqual(['2', '1']);
    await store.ingests.fail(first!.upload_id, { code: 'unreadable_file', message: 'no' });
    expect(await store.ingests.mustWait(second!)).toBe(false);
  });

  it('that cannot be read fails, and keeps of a STREAMING upload what was staged', async () => {
    const dataset = await newDataset(store);
    const { upload_id } = await store.ingests.open(dataset.key, ingestOf('v'));
    await stagePart(dataset.key, upload_id, frames(2), 1);
    await store.ingests.fail(upload_id, { code: 'unreadable_file', message: 'File b is no file' });
    await drain(store, dataset.key);
    expect(await store.uploads.get(dataset.key, upload_id)).toMatchObject({
      state: 'FAILED',
      error: { code: 'unreadable_file', message: 'File b is no file' },
      counts: { received: 2, applied: 2 },
    });
    expect(await reread(store, dataset)).toMatchObject({ head: 1 });
  });

  it('that cannot be read leaves nothing of a BATCH', async () => {
    const dataset = await newDataset(store, 'BATCH');
    const { upload_id } = await store.ingests.open(dataset.key, ingestOf('v', { kind: 'BATCH' }));
    await stagePart(dataset.key, upload_id, frames(2), 1);
    await store.ingests.fail(upload_id, { code: 'unreadable_file', message: 'no' });
    await drain(store, dataset.key);
    expect(await store.uploads.get(dataset.key, upload_id)).toMatchObject({
      state: 'FAILED',
      counts: { received: 2, applied: 0, not_applied: 2, pending: 0 },
    });
    expect(await reread(store, dataset)).toMatchObject({ head: 0, immutable: false });
  });

  it('as a BATCH commits as a whole once it is staged', async () => {
    const dataset = await newDataset(store, 'BATCH');
    const { upload_id } = await store.ingests.open(dataset.key, ingestOf('v', { kind: 'BATCH' }));
    await stagePart(dataset.key, upload_id, frames(1), 1);
    await stagePart(dataset.key, upload_id, frames(3).slice(1), 2);
    await drain(store, dataset.key);
    expect(await reread(store, dataset)).toMatchObject({ head: 0 });
    await store.ingests.finish(upload_id);
    await drain(store, dataset.key);
    expect(await reread(store, dataset)).toMatchObject({ head: 1, counts: { frames: 3 }, immutable: true });
    expect(await codeOf(store.ingests.open(dataset.key, ingestOf('w')))).toBe('dataset_immutable');
    expect((await store.ingests.open(dataset.key, ingestOf('v', { kind: 'BATCH' }))).upload_id).toBe(upload_id);
  });

  it('that is cancelled lets the next one go on', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await store.ingests.open(key, ingestOf('1'));
    const next = await store.ingests.open(key, ingestOf('2'));
    await store.uploads.cancel(key, upload_id);
    expect(await store.uploads.get(key, upload_id)).toMatchObject({ state: 'CANCELLED' });
    expect(await store.ingests.get(upload_id)).toMatchObject({ state: 'STAGED' });
    expect(await store.ingests.mustWait((await store.ingests.get(next.upload_id))!)).toBe(false);
  });
});
