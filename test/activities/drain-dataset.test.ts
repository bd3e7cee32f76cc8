import type { DrainBeat } from '../../activities/commit/progress';
import { undo } from '../../store/mongo/undo';
import { DrainedStore, frameName, newEnvironment, numbered, putItem } from '../support/drained-store';
import { eventually } from '../support/eventually';

let one: DrainedStore;

beforeEach(async () => {
  one = await DrainedStore.open('drain');
});

afterEach(() => one.close());

const countFrames = (): Promise<number> => one.store.database.c.frames.countDocuments({ dataset: one.key });

describe('drainDataset', () => {
  it('goes on where the last attempt was stopped, by its heartbeat', async () => {
    const items = 10_000;
    const upload_id = await one.submit(
      'STREAMING',
      numbered(items, (n) => putItem(frameName(n), { n })),
    );
    const env = newEnvironment();
    const beats: DrainBeat[] = [];
    env.on('heartbeat', (beat: DrainBeat) => {
      beats.push(beat);
      if ((beat.items ?? 0) >= 2_000) env.cancel();
    });
    await expect(one.drain({}, env).done).rejects.toThrow();
    const reached = beats.at(-1);
    expect(reached?.commit_id).toBe((await one.dataset()).pending_commit);
    expect(await countFrames()).toBeGreaterThanOrEqual(2_000);
    expect(await countFrames()).toBeLessThan(items);
    expect((await one.dataset()).head).toBe(0);

    const chunks = jest.fn(one.store.commits.chunks);
    const again = one.drain({ chunks }, newEnvironment({ heartbeatDetails: reached }));
    await eventually(async () => expect((await one.upload(upload_id)).state).toBe('DONE'));
    again.env.cancel();
    await again.done.catch(() => undefined);
    expect(chunks.mock.calls[0]?.[1]).toBe(reached?.chunk_id);
    expect((await one.upload(upload_id)).counts).toMatchObject({ received: items, applied: items, pending: 0 });
    expect(await one.dataset()).toMatchObject({ head: 1, counts: { frames: items, labels: items } });
    expect(await countFrames()).toBe(items);
  }, 60_000);

  it('doubles nothing when two run at once', async () => {
    const items = 5_000;
    const half = items / 2;
    const first = await one.submit(
      'STREAMING',
      numbered(half, (n) => putItem(frameName(n), { n })),
      numbered(half, (n) => putItem(frameName(half + n), { n })),
    );
    const second = await one.submit(
      'STREAMING',
      numbered(1_000, (n) => putItem(frameName(n), { n: -1 })),
    );
    const drains = [one.drain(), one.drain()];
    await eventually(async () => {
      expect((await one.upload(first)).state).toBe('DONE');
      expect((await one.upload(second)).state).toBe('DONE');
    }, 60_000);
    for (const { env } of drains) env.cancel();
    const ends = await Promise.allSettled(drains.map(({ done }) => done));
    // One that had lingered long enough has ended by itself.
    for (const end of ends) if (end.status === 'rejected') expect(String(end.reason)).toMatch(/cancel/i);

    expect((await one.upload(first)).counts).toMatchObject({
      received: items,
      applied: items,
      unchanged: 0,
      failed: 0,
    });
    expect((await one.upload(second)).counts).toMatchObject({
      received: 1_000,
      applied: 1_000,
      unchanged: 0,
      failed: 0,
    });
    expect(await countFrames()).toBe(items + 1_000);
    const { head, counts } = await one.dataset();
    expect(counts).toEqual({ frames: items, labels: items });
    const versions = await one.store.versions.list(one.key, { limit: 100 });
    expect(versions.map(({ version }) => version)).toEqual(numbered(head, (n) => ({ n })).map((_, at) => head - at));
  }, 90_000);

  it('lets the lowest item number fix a type, over all chunks', async () => {
    const upload_id = await one.submit(
      'STREAMING',
      numbered(5_000, (n) => putItem(frameName(n), n < 999 ? {} : { code: n === 999 || n % 1_000 > 3 ? 'text' : n })),
    );
    const { state, counts } = await one.drainToEnd(upload_id);
    const bad = [1, 2, 3, 4].flatMap((chunk) => [0, 1, 2, 3].map((at) => chunk * 1_000 + at));
    expect({ state, failed: counts.failed, applied: counts.applied }).toEqual({
      state: 'PARTIAL',
      failed: bad.length,
      applied: 5_000 - bad.length,
    });
    expect((await one.dataset()).schema.metadata).toEqual({ code: 'STRING' });
    const errors = await one.errors(upload_id);
    expect(errors.map(({ item }) => item)).toEqual(bad);
    for (const { code, path, message } of errors) {
      expect({ code, path }).toEqual({ code: 'wrong_metadata_type', path: 'metadata.code' });
      expect(message).toMatch(/STRING/);
    }
  }, 60_000);

  it('makes two revisions, in order, of a frame that comes twice', async () => {
    const upload_id = await one.submit('STREAMING', [
      putItem('twice', { n: 1 }),
      putItem('other'),
      putItem('twice', { n: 2 }),
    ]);
    expect((await one.drainToEnd(upload_id)).counts).toMatchObject({ received: 3, applied: 3 });
    const { head } = await one.dataset();
    const history = await one.store.frames.history(one.key, head, 'twice', { limit: 10 });
    expect(history.map(({ from, prev, content }) => ({ from, prev, n: content.metadata?.n }))).toEqual([
      { from: 2, prev: 1, n: 2 },
      { from: 1, prev: 0, n: 1 },
    ]);
  });
});

describe('a batch', () => {
  it('is refused when it names a frame twice, in another chunk too', async () => {
    const upload_id = await one.submit(
      'BATCH',
      numbered(1_500, (n) => putItem(frameName(n))),
      [putItem(frameName(7)), putItem('last')],
    );
    const { state, error, counts } = await one.drainToEnd(upload_id);
    expect({ state, code: error?.code }).toEqual({ state: 'FAILED', code: 'batch_refused' });
    expect(counts).toMatchObject({ received: 1_502, failed: 1, not_applied: 1_501, applied: 0, pending: 0 });
    expect(await one.errors(upload_id)).toMatchObject([
      { item: 1_500, line: 1, frame_id: frameName(7), code: 'duplicate_frame_id' },
    ]);
    expect(await one.dataset()).toMatchObject({ head: 0, counts: { frames: 0 }, schema: { metadata: {} } });
    expect(await countFrames()).toBe(0);
  });

  it('applies when it is tried again after the cause was mended', async () => {
    const upload_id = await one.submit('BATCH', [
      putItem('a', { n: 1 }),
      putItem('b', { n: 2 }, 'bus'),
      putItem('c', { n: 3 }),
    ]);
    expect(await one.drainToEnd(upload_id)).toMatchObject({ state: 'FAILED', counts: { failed: 1, not_applied: 2 } });
    expect((await one.dataset()).schema.metadata).toEqual({});

    const { label_classes } = await one.store.projects.get('p');
    const bus = { name: 'bus', id: 9, color: [1, 2, 3] as [number, number, number] };
    await one.store.projects.update('p', label_classes, { label_classes: [...label_classes, bus] });
    expect((await one.store.uploads.retry(one.key, upload_id)).retried).toBe(1);
    const { state, error, counts, first_version } = await one.drainToEnd(upload_id);
    expect({ state, error, first_version }).toEqual({ state: 'DONE', error: undefined, first_version: 1 });
    expect(counts).toMatchObject({ received: 3, applied: 3, failed: 0, not_applied: 0, pending: 0 });
    expect(await one.errors(upload_id)).toEqual([]);
    expect(await one.dataset()).toMatchObject({
      head: 1,
      counts: { frames: 3 },
      schema: { metadata: { n: 'NUMERIC' } },
    });
  });

  it('is undone to the end by the next attempt when one died in the midst of it', async () => {
    const before = await one.submit(
      'STREAMING',
      numbered(500, (n) => putItem(frameName(n), { n })),
    );
    await one.drainToEnd(before);
    const standing = await one.dataset();
    const upload_id = await one.submit(
      'BATCH',
      numbered(3_000, (n) => putItem(frameName(n), { n: -n })),
    );
    const dying = one.drain({
      publish: async () => {
        await one.store.uploads.cancel(one.key, upload_id);
        return 'cancelled';
      },
      undo: (commit) => {
        let left = 2;
        const { database } = one.store;
        const transaction: typeof database.transaction = (work) =>
          left-- > 0 ? database.transaction(work) : Promise.reject(new Error('The worker died'));
        return undo({ ...database, transaction }, commit);
      },
    });
    await expect(dying.done).rejects.toThrow('The worker died');
    expect((await one.dataset()).pending_commit).not.toBeNull();

    expect(await one.drainToEnd(upload_id)).toMatchObject({
      state: 'CANCELLED',
      counts: { received: 3_000, not_applied: 3_000 },
    });
    expect(await one.dataset()).toEqual(standing);
    expect(await countFrames()).toBe(500);
    const page = await one.store.frames.page(one.key, 1, {}, { limit: 1_000 });
    expect(page.items).toHaveLength(500);
  }, 60_000);
});
