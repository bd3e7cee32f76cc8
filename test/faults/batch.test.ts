import { FOREVER } from '../../domain/revision';
import { BULK_CLASSES, bulkFrame } from '../support/bulk-items';
import {
  appliedChunks,
  checkVersions,
  pathOf,
  readUpload,
  withDatabase,
  type VersionAnswer,
} from '../support/check-dataset';
import { eventually } from '../support/eventually';
import { PagesReader } from '../support/pages-reader';
import { RECOVERY_MS, startSystem, type RunningSystem } from '../support/running-system';
import { scratchFolder } from '../support/scratch-folder';
import { seededRandom } from '../support/seeded-random';

const FRAMES = 6_000;
const LINES = 500;

let system: RunningSystem;

// Before the folder's own clean-up: hooks run in the order in which they are set up.
afterAll(() => system?.stop(), 60_000);

const folder = scratchFolder();
const random = seededRandom(1);

beforeAll(async () => {
  system = await startSystem(folder);
  await system.client.post('/projects', { id: 'p', label_classes: BULK_CLASSES });
}, 120_000);

describe('a batch', () => {
  it('shows all or nothing to a reader, though the worker is killed while it is written', async () => {
    await newDataset('all_or_nothing');
    const { upload_id } = await openBatch('all_or_nothing', 'batch', FRAMES);
    const reader = new PagesReader(system, 'all_or_nothing', 'batch');
    await eventually(() => expect(reader.reads).toBeGreaterThan(0));
    await system.client.post(pathOf('all_or_nothing', `/uploads/${upload_id}/close`));
    await inMidApply(upload_id, (pid) => process.kill(pid, 'SIGKILL'));
    await eventually(() => expect(system.parts.worker?.starts).toBe(2), 60_000);
    const reads = reader.reads;
    await eventually(
      async () => expect((await readUpload(system, 'all_or_nothing', upload_id)).state).toBe('DONE'),
      RECOVERY_MS,
      100,
    );
    await reader.stop();

    expect(reader.seen).toEqual([
      { version: 1, frames: 0 },
      { version: 2, frames: FRAMES },
    ]);
    expect(reader.reads).toBeGreaterThan(reads);
    const [, batch] = await checkVersions(system, 'all_or_nothing');
    expect(batch?.counts).toMatchObject({ added: FRAMES - 300, updated: 300, deleted: 0, frames: FRAMES });
  }, 400_000);

  it('leaves nothing behind when it is cancelled while it is written', async () => {
    await newDataset('cancelled');
    const before = await latest('cancelled');
    const { upload_id } = await openBatch('cancelled', 'batch', FRAMES);
    await system.client.post(pathOf('cancelled', `/uploads/${upload_id}/close`));
    const worker = await inMidApply(upload_id, (pid) => process.kill(pid, 'SIGSTOP'));
    await system.client.post(pathOf('cancelled', `/uploads/${upload_id}/cancel`));
    process.kill(worker, 'SIGCONT');
    await eventually(
      async () => expect((await readUpload(system, 'cancelled', upload_id)).state).toBe('CANCELLED'),
      RECOVERY_MS,
      100,
    );

    const { counts, first_version } = await readUpload(system, 'cancelled', upload_id);
    expect({ counts, first_version }).toMatchObject({
      counts: { received: FRAMES, not_applied: FRAMES, applied: 0, failed: 0 },
      first_version: null,
    });
    expect(await latest('cancelled')).toEqual(before);
    await withDatabase(system.mongodbUri, async (db) => {
      const { _id: dataset } = (await db.collection('datasets').findOne({ name: 'cancelled' })) ?? {};
      expect(await db.collection('frames').countDocuments({ dataset })).toBe(300);
      expect(await db.collection('frames').countDocuments({ dataset, to: FOREVER })).toBe(300);
    });

    const after = await openBatch('cancelled', 'batch', 600);
    await system.client.post(pathOf('cancelled', `/uploads/${after.upload_id}/close`));
    await eventually(
      async () => expect((await readUpload(system, 'cancelled', after.upload_id)).state).toBe('DONE'),
      60_000,
      100,
    );
    const [, second] = await checkVersions(system, 'cancelled');
    expect(second?.counts).toMatchObject({ added: 300, updated: 300, frames: 600 });
  }, 400_000);
});

const latest = (dataset: string): Promise<VersionAnswer> => system.client.get(pathOf(dataset, '/versions/latest'));

/** A dataset at version 1, with 300 frames. */
async function newDataset(id: string): Promise<void> {
  const { client } = system;
  await client.post('/projects/p/datasets', { id });
  const { upload_id } = await client.post<{ upload_id: string }>(pathOf(id, '/uploads'), { mode: 'STREAMING' });
  await client.postLines(pathOf(id, `/uploads/${upload_id}/items`), lines('first', 0, 300));
  await client.post(pathOf(id, `/uploads/${upload_id}/close`));
  await eventually(async () => expect((await readUpload(system, id, upload_id)).state).toBe('DONE'), 60_000, 100);
}

/** A batch that is whole but not closed: it writes the frames of `newDataset` anew, and others. */
async function openBatch(dataset: string, device: string, count: number): Promise<{ upload_id: string }> {
  const { client } = system;
  const opened = await client.post<{ upload_id: string }>(pathOf(dataset, '/uploads'), { mode: 'BATCH' });
  for (let from = 0; from < count; from += LINES)
    await client.postLines(
      pathOf(dataset, `/uploads/${opened.upload_id}/items`),
      lines(device, from, Math.min(count, from + LINES)),
    );
  return opened;
}

function lines(device_id: string, from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, at) =>
    JSON.stringify({
      frame_id: `frame_${String(from + at).padStart(6, '0')}`,
      frame: { device_id, ...bulkFrame(random, from + at) },
    }),
  );
}

/** Does something to the worker once it has written some of an upload's chunks and not all. */
async function inMidApply(upload_id: string, act: (worker: number) => void): Promise<number> {
  const worker = system.parts.worker?.child?.pid ?? 0;
  await withDatabase(system.mongodbUri, async (db) => {
    await eventually(async () => expect((await appliedChunks(db, upload_id)).done).toBeGreaterThan(0), 60_000, 1);
    act(worker);
    const { done, of, pending } = await appliedChunks(db, upload_id);
    expect({ pending, before_the_last: done < of }).toEqual({ pending: true, before_the_last: true });
  });
  return worker;
}
