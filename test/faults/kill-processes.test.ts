import { setTimeout as sleep } from 'node:timers/promises';
import { BULK_CLASSES, bulkItems } from '../support/bulk-items';
import {
  checkBulk,
  checkVersions,
  pathOf,
  readUpload,
  withDatabase,
  type DatasetAnswer,
} from '../support/check-dataset';
import { eventually } from '../support/eventually';
import { faultSeed } from '../support/fault-seed';
import { RECOVERY_MS, startSystem, type Part, type RunningSystem } from '../support/running-system';
import { scratchFolder } from '../support/scratch-folder';
import { seededRandom, type SeededRandom } from '../support/seeded-random';

const ITEMS = 20_000;
const BAD = 200;
const POSTS = 40;
const LINES = ITEMS / POSTS;
const KILLS = 8;
const PARTS: readonly Part[] = ['worker', 'api', 'temporal', 'mongod'];

let system: RunningSystem;

// Before the folder's own clean-up: hooks run in the order in which they are set up.
afterAll(() => system?.stop(), 60_000);

const folder = scratchFolder();

beforeAll(async () => {
  system = await startSystem(folder);
  await system.client.post('/projects', { id: 'p', label_classes: BULK_CLASSES });
}, 120_000);

it('loses and doubles nothing while processes are killed', async () => {
  const seed = faultSeed();
  const random = seededRandom(seed);
  const { client } = system;
  await client.post('/projects/p/datasets', { id: 'bulk' });
  await client.post('/projects/p/datasets', { id: 'singles' });
  const sent = bulkItems(random, ITEMS, BAD);
  const { upload_id } = await client.post<{ upload_id: string }>(pathOf('bulk', '/uploads'));

  const killer = new Killer(seededRandom(seed + 1));
  const singles = new SingleWrites(seededRandom(seed + 2));
  const writing = singles.run();
  const killing = killer.run();
  // A failure of the upload is reported first; these two are awaited after it.
  for (const work of [writing, killing]) work.catch(() => undefined);
  for (let post = 0; post < POSTS; post++) {
    // The upload lasts as long as the killing, however fast the machine is.
    await eventually(
      () => expect(killer.kills.length).toBeGreaterThanOrEqual(Math.floor((post * KILLS) / POSTS)),
      120_000,
    );
    const answer = await client.postLines(
      pathOf('bulk', `/uploads/${upload_id}/items`),
      sent.lines.slice(post * LINES, (post + 1) * LINES),
    );
    expect(answer).toEqual({ first_index: post * LINES, count: LINES });
  }
  await killing;
  await client.post(pathOf('bulk', `/uploads/${upload_id}/close`));
  await eventually(
    async () => expect((await readUpload(system, 'bulk', upload_id)).state).toBe('PARTIAL'),
    RECOVERY_MS,
    250,
  );
  singles.stop();
  await writing;
  process.stderr.write(`Killed ${killer.kills.join(', ')}; ${client.repeats} requests had to be repeated\n`);

  expect(new Set(killer.kills)).toEqual(new Set(PARTS));
  const { counts, first_version, last_version } = await readUpload(system, 'bulk', upload_id);
  expect(counts).toMatchObject({
    received: ITEMS,
    applied: ITEMS - BAD,
    failed: BAD,
    unchanged: 0,
    not_applied: 0,
    pending: 0,
  });
  await checkBulk(system, 'bulk', upload_id, sent, LINES);
  const versions = await checkVersions(system, 'bulk');
  expect([first_version, last_version]).toEqual([1, versions.length]);
  await singles.check();
}, 600_000);

/** kill -9 at seeded moments; the first four hit each process once. */
class Killer {
  readonly kills: Part[] = [];

  constructor(private readonly random: SeededRandom) {}

  async run(): Promise<void> {
    const targets = [
      ...this.random.shuffled(PARTS),
      ...Array.from({ length: KILLS - PARTS.length }, () => this.random.pick(PARTS)),
    ];
    for (const target of targets) {
      await sleep(this.random.between(200, 2_500));
      await eventually(async () => expect(await system.parts[target]?.kill()).toBe(true), 60_000);
      this.kills.push(target);
    }
  }
}

/** A client that writes frame by frame, and knows what was acknowledged. */
class SingleWrites {
  private acknowledged: string[] = [];
  private counter = 0;
  private stopped = false;

  constructor(private readonly random: SeededRandom) {}

  stop(): void {
    this.stopped = true;
  }

  /** New frames, and one that is written again and again. */
  async run(): Promise<void> {
    for (let number = 1; !this.stopped; number++) {
      const frame_id = this.random.fraction() < 0.3 ? 'counter' : `single_${String(number).padStart(6, '0')}`;
      await system.client.put(pathOf('singles', `/frames/${frame_id}`), { sensor_data: [], metadata: { number } });
      if (frame_id === 'counter') this.counter = number;
      else this.acknowledged.push(frame_id);
      await sleep(this.random.between(0, 40));
    }
  }

  /** Nothing acknowledged is lost, nothing is written twice, and the counter never went back. */
  async check(): Promise<void> {
    const { client, mongodbUri } = system;
    await eventually(async () => {
      const { counts } = await client.get<DatasetAnswer>(pathOf('singles'));
      expect(counts.frames).toBe(this.acknowledged.length + 1);
      const counter = await client.get<{ metadata: { number: number } }>(pathOf('singles', '/frames/counter'));
      expect(counter.metadata.number).toBe(this.counter);
    }, RECOVERY_MS);
    const frames = await client.all<{ frame_id: string; metadata: { number: number } }>(
      pathOf('singles', '/frames?prefix=single_'),
    );
    expect(frames.map(({ frame_id }) => frame_id)).toEqual(this.acknowledged);
    for (const { frame_id, metadata } of frames) expect(metadata.number).toBe(Number(frame_id.slice(-6)));
    await checkVersions(system, 'singles', 3);
    await withDatabase(mongodbUri, async (db) => {
      const key = (await db.collection('datasets').findOne({ name: 'singles' }))?._id;
      const single = await db.collection('frames').countDocuments({ dataset: key, frame_id: { $ne: 'counter' } });
      expect(single).toBe(this.acknowledged.length);
      const history = await db
        .collection('frames')
        .find({ dataset: key, frame_id: 'counter' })
        .sort({ from: 1 })
        .toArray();
      const numbers = history.map((revision) => Number(revision.metadata.number));
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    });
  }
}
