import { BULK_CLASSES, bulkItems } from '../support/bulk-items';
import { checkBulk, checkVersions, pathOf, readUpload } from '../support/check-dataset';
import { eventually } from '../support/eventually';
import { faultSeed } from '../support/fault-seed';
import { RECOVERY_MS, startSystem, type RunningSystem } from '../support/running-system';
import { scratchFolder } from '../support/scratch-folder';
import { seededRandom } from '../support/seeded-random';

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

it('loses and doubles nothing when the primary of three nodes is killed in mid-upload, twice', async () => {
  const random = seededRandom(faultSeed());
  const { client, replicaSet } = system;
  const sent = bulkItems(random, ITEMS, BAD);
  await client.post('/projects/p/datasets', { id: 'bulk' });
  const { upload_id } = await client.post<{ upload_id: string }>(pathOf('bulk', '/uploads'));
  const [first, second] = [random.between(2, POSTS / 2 - 1), random.between(POSTS / 2 + 1, POSTS - 2)];
  const killed: number[] = [];
  for (let post = 0; post < POSTS; post++) {
    const posting = client.postLines(
      pathOf('bulk', `/uploads/${upload_id}/items`),
      sent.lines.slice(post * LINES, (post + 1) * LINES),
    );
    if (post === first || post === second) {
      for (const node of replicaSet?.nodes ?? []) if (killed.includes(node.port)) await node.restart();
      const primary = await replicaSet?.primary();
      await primary?.kill();
      killed.push(primary?.port ?? 0);
    }
    expect(await posting).toEqual({ first_index: post * LINES, count: LINES });
  }
  await client.post(pathOf('bulk', `/uploads/${upload_id}/close`));
  await eventually(
    async () => expect((await readUpload(system, 'bulk', upload_id)).state).toBe('PARTIAL'),
    RECOVERY_MS,
    250,
  );

  const { counts } = await readUpload(system, 'bulk', upload_id);
  expect(counts).toMatchObject({
    received: ITEMS,
    applied: ITEMS - BAD,
    failed: BAD,
    unchanged: 0,
    not_applied: 0,
    pending: 0,
  });
  await checkBulk(system, 'bulk', upload_id, sent, LINES);
  await checkVersions(system, 'bulk');
}, 400_000);
