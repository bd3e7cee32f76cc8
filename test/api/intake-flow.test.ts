import { setTimeout as sleep } from 'node:timers/promises';
import { ByteBudget } from '../../staging/byte-budget';
import { ChunkSender } from '../../staging/chunk-sender';
import { SharedLookup } from '../../api/shared-lookup';
import { connectStore } from '../../store/mongo';
import type { StagedChunk } from '../../store/staging';
import { freshDatabaseName, testMongoUri } from '../support/engines';
import { send, startIntake } from './intake-server';

const chunk = (index: number, bytes = 1): StagedChunk => ({
  index,
  offset: index,
  body: Buffer.alloc(bytes),
  frame_ids: [null],
  lines: [1],
  broken: [],
});

describe('sending chunks', () => {
  it('has no more than a few on their way, and no more bytes than the budget over all posts', async () => {
    const budget = new ByteBudget(100);
    let [now, most, bytes, mostBytes] = [0, 0, 0, 0];
    const put = async ({ body }: StagedChunk) => {
      most = Math.max(most, ++now);
      mostBytes = Math.max(mostBytes, (bytes += body.length));
      await sleep(2);
      now--;
      bytes -= body.length;
    };
    const senders = Array.from({ length: 3 }, () => new ChunkSender(put, 4, budget));
    await Promise.all(
      senders.map(async (sender) => {
        for (let index = 0; index < 30; index++) await sender.send(chunk(index, 1 + ((index * 7) % 60)));
        await sender.finish();
      }),
    );
    expect(most).toBeGreaterThan(2);
    expect(mostBytes).toBeLessThanOrEqual(100);
    const lone = new ChunkSender(put, 4, new ByteBudget(1_000_000));
    most = 0;
    for (let index = 0; index < 30; index++) await lone.send(chunk(index));
    await lone.finish();
    expect(most).toBe(4);
  });

  it('lets a chunk through that is larger than the whole budget', async () => {
    const sent: number[] = [];
    const sender = new ChunkSender(async ({ index }) => void sent.push(index), 4, new ByteBudget(10));
    for (let index = 0; index < 3; index++) await sender.send(chunk(index, 50));
    await sender.finish();
    expect(sent).toEqual([0, 1, 2]);
  });

  it('stops at the first failure, gives its budget back, and ends only when nothing is on its way', async () => {
    const budget = new ByteBudget(100);
    let under = 0;
    const sender = new ChunkSender(
      async ({ index }) => {
        under++;
        await sleep(index === 1 ? 5 : 30);
        under--;
        if (index === 1) throw new Error('no');
      },
      4,
      budget,
    );
    for (let index = 0; index < 4; index++) await sender.send(chunk(index, 20));
    await expect(sender.send(chunk(4, 20))).rejects.toThrow('no');
    await expect(sender.finish()).rejects.toThrow('no');
    expect(under).toBe(0);
    await budget.take(100);
  });
});

describe('a shared lookup', () => {
  it('shares reads among those who come meanwhile, but gives nobody a read older than the request', async () => {
    const lookup = new SharedLookup<number>();
    let reads = 0;
    const read = async () => {
      const mine = ++reads;
      await sleep(20);
      return mine;
    };
    const first = lookup.get('a', read);
    const later = [lookup.get('a', read), lookup.get('a', read), lookup.get('a', read)];
    const other = lookup.get('b', async () => 100);
    expect(await Promise.all([first, ...later, other])).toEqual([1, 2, 2, 2, 100]);
    expect(await lookup.get('a', read)).toBe(3);
  });

  it('passes a failure to those who share it, and reads again for the next', async () => {
    const lookup = new SharedLookup<string>();
    const failing = () => lookup.get('a', () => Promise.reject(new Error('no')));
    const settled = await Promise.allSettled([failing(), failing()]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await lookup.get('a', async () => 'yes')).toBe('yes');
  });
});

describe('a large post', () => {
  it('of 256 MB does not grow memory', async () => {
    const store = await connectStore(testMongoUri(freshDatabaseName('intake_flow')));
    const server = await startIntake(store);
    try {
      await store.projects.create({ project: 'p', label_classes: [], primary_task: '2D_OBJECT_DETECTION' });
      const { key } = await store.datasets.create({ project: 'p', dataset: 'd', mode: 'STREAMING' });
      const { upload_id } = await store.uploads.open(key, { kind: 'STREAMING', created_by: 'tester', message: '' });
      const filling = 'x'.repeat(16_000);
      const lines = 16_384;
      let peak = 0;
      async function* body() {
        for (let index = 0; index < lines; index++) {
          if (index % 64 === 0) peak = Math.max(peak, process.memoryUsage.rss());
          yield `{"op":"put","frame_id":"f${index}","frame":{"device_id":"${filling}"}}\n`;
        }
      }
      const before = process.memoryUsage.rss();
      const path = `/api/v2/projects/p/datasets/d/uploads/${upload_id}/items`;
      const answer = await send(server.port, 'POST', path, body(), { 'content-type': 'application/x-ndjson' });
      expect(answer).toMatchObject({ status: 202, body: { first_index: 0, count: lines } });
      // The client of this test is in the same process, so this covers both.
      expect((peak - before) / 1024 / 1024).toBeLessThan(150);
    } finally {
      await server.close();
      await store.database.db.dropDatabase();
      await store.close();
    }
  });
});
