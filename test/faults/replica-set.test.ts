import type { ReplicaSetNode } from '../../engines/replica-set';
import { BULK_CLASSES, bulkItems } from '../support/bulk-items';
import { checkBulk, checkVersions, pathOf, readUpload } from '../support/check-dataset';
import { eventually } from '../support/eventually';
import { faultSeed } from '../support/fault-seed';
import { RECOVERY_MS, startSystem, type RunningSystem } from '../support/running-system';
import { scratchFolder } from '../support/scratch-folder';
import { seededRandom, type SeededRandom } from '../support/seeded-random';

const ITEMS = 5_000;
const BAD = 50;
const LINES = 250;
const POSTS = ITEMS / LINES;

let system: RunningSystem;

// Before the folder's own clean-up: hooks run in the order in which they are set up.
afterAll(() => system?.stop(), 60_000);

const folder = scratchFolder();

beforeAll(async () => {
  system = await startSystem(folder, { nodes: 3 });
  await system.client.post('/projects', { id: 'p', label_classes: BULK_CLASSES });
}, 180_000);

type Fault = () => Promise<void>;

/** Uploads bulk items in posts, brings faults over the system during some of them, and checks that all came out right. */
async function uploadThrough(dataset: string, random: SeededRandom, faults: Map<number, Fault>): Promise<void> {
  const { client } = system;
  const sent = bulkItems(random, ITEMS, BAD);
  await client.post('/projects/p/datasets', { id: dataset });
  const { upload_id } = await client.post<{ upload_id: string }>(pathOf(dataset, '/uploads'));
  for (let post = 0; post < POSTS; post++) {
    const posting = client.postLines(
      pathOf(dataset, `/uploads/${upload_id}/items`),
      sent.lines.slice(post * LINES, (post + 1) * LINES),
    );
    await faults.get(post)?.();
    expect(await posting).toEqual({ first_index: post * LINES, count: LINES });
  }
  await client.post(pathOf(dataset, `/uploads/${upload_id}/close`));
  await eventually(
    async () => expect((await readUpload(system, dataset, upload_id)).state).toBe('PARTIAL'),
    RECOVERY_MS,
    250,
  );

  const { counts } = await readUpload(system, dataset, upload_id);
  expect(counts).toMatchObject({
    received: ITEMS,
    applied: ITEMS - BAD,
    failed: BAD,
    unchanged: 0,
    not_applied: 0,
    pending: 0,
  });
  await checkBulk(system, dataset, upload_id, sent, LINES);
  await checkVersions(system, dataset);
}

const killed: ReplicaSetNode[] = [];

async function killPrimary(): Promise<void> {
  for (const node of killed.splice(0)) await node.restart();
  const primary = await system.replicaSet?.primary();
  if (!primary) throw new Error('The system runs on no replica set');
  await primary.kill();
  killed.push(primary);
}

it('loses and doubles nothing when the primary of three nodes is killed in mid-upload, twice', async () => {
  const random = seededRandom(faultSeed());
  const [first, second] = [random.between(2, POSTS / 2 - 1), random.between(POSTS / 2 + 1, POSTS - 2)];
  const faults = new Map([first, second].map((post): [number, Fault] => [post, killPrimary]));
  await uploadThrough('killed', random, faults);
}, 400_000);

it('loses and doubles nothing when the primary freezes, as behind a partition, and comes back', async () => {
  for (const node of killed.splice(0)) await node.restart();
  const random = seededRandom(faultSeed());
  const primary = await system.replicaSet?.primary();
  if (!primary) throw new Error('The system runs on no replica set');
  const [first, second] = [random.between(2, POSTS / 2 - 1), random.between(POSTS / 2 + 1, POSTS - 2)];
  const signal = (name: NodeJS.Signals) => async () => void process.kill(primary.pid, name);
  try {
    await uploadThrough(
      'frozen',
      random,
      new Map([
        [first, signal('SIGSTOP')],
        [second, signal('SIGCONT')],
      ]),
    );
  } finally {
    await signal('SIGCONT')();
  }
}, 400_000);
