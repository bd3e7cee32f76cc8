import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { checkRevisions, checkVersions, pathOf, readUpload, withDatabase } from '../support/check-dataset';
import { eventually } from '../support/eventually';
import { faultSeed } from '../support/fault-seed';
import { pythonVariables } from '../support/python-environment';
import { startSystem, type Part, type RunningSystem } from '../support/running-system';
import { scratchFolder } from '../support/scratch-folder';
import { seededRandom, type SeededRandom } from '../support/seeded-random';
import { clientSetup } from './python-tests';
import { PYTHON_TESTS } from './versions';

const FRAMES = 5_000;
/** The client's files of frames have three chunks each. */
const INTERRUPTED_FILES = 2;
const CHUNK_BYTES = 8 * 1024 * 1024;
const LATER_KILLS = 3;

let system: RunningSystem;

// Before the folder's own clean-up: hooks run in the order in which they are set up.
afterAll(() => system?.stop(), 60_000);

const folder = scratchFolder();

beforeAll(async () => {
  system = await startSystem(folder);
}, 120_000);

interface NativeFrame {
  frame_id: string;
  metadata: { n: number; filling: string };
  labels: { label_id: string; class: string; geometry: { index: number; token: string } }[];
}

it('finishes an upload by the own retries of the client while API and worker are killed', async () => {
  const random = seededRandom(faultSeed());
  const killed: string[] = [];
  const { finished, output } = upload();
  const killing = withDatabase(system.mongodbUri, (db) => killAlong(db, random, killed));
  // The client's end is reported first: the killing waits for what then never happens.
  killing.catch(() => undefined);
  await finished.catch((error: Error) => {
    throw new Error(`${error.message}\nKilled: ${killed.join(', ')}\n${output()}`);
  });
  await killing;
  process.stderr.write(`Killed ${killed.join(', ')}\n`);
  expect(output()).toContain('Labeled dataset is fully processed.');

  const uploads = await system.client.all<{ upload_id: string }>(pathOf('bulk', '/uploads'));
  expect(uploads).toHaveLength(1);
  expect(await readUpload(system, 'bulk', uploads[0]!.upload_id)).toMatchObject({
    state: 'DONE',
    counts: { received: FRAMES, applied: FRAMES, unchanged: 0, failed: 0, not_applied: 0, pending: 0 },
  });
  const frames = await system.client.all<NativeFrame>(pathOf('bulk', '/frames'), 200);
  expect(frames.map(({ frame_id }) => frame_id)).toEqual(Array.from({ length: FRAMES }, (_, at) => frameId(at)));
  for (const [at, { frame_id, metadata, labels }] of frames.entries()) {
    expect([metadata.n, metadata.filling.length]).toEqual([at, 10_000]);
    expect(labels.map((label) => [label.label_id, label.class, label.geometry.index])).toEqual([
      [`${frame_id}_0`, 'cat', at],
      [`${frame_id}_1`, 'dog', at],
    ]);
  }
  await checkVersions(system, 'bulk');
  await checkRevisions(system, 'bulk', FRAMES);
}, 420_000);

const frameId = (at: number): string => `frame_${String(at).padStart(6, '0')}`;

/** The client as a process of its own. */
function upload(): { finished: Promise<void>; output: () => string } {
  const client = clientSetup('v1_0_7');
  const variables = { VIVARIUM_URL: system.apiUrl, VIVARIUM_ADMIN_KEY: system.adminKey, AQUARIUM_TEMP_DIR: folder };
  let printed = '';
  const finished = new Promise<void>((done, fail) => {
    const program = execFile(
      client.python,
      [join(PYTHON_TESTS, 'large_upload.py'), String(FRAMES)],
      { env: pythonVariables(client, { ...variables, TMPDIR: folder }), timeout: 390_000, maxBuffer: 64 << 20 },
      (error) => (error ? fail(error) : done()),
    );
    for (const stream of [program.stdout, program.stderr]) stream?.on('data', (text: string) => (printed += text));
  });
  return { finished, output: () => printed.slice(-8_000) };
}

/** kill -9 of the API in the middle of two files, of both when the files are handed over, then of one at a time. */
async function killAlong(db: Db, random: SeededRandom, killed: string[]): Promise<void> {
  const kill = async (part: Part, when: string): Promise<void> => {
    await eventually(async () => expect(await system.parts[part]?.kill()).toBe(true), 60_000);
    killed.push(`${part} ${when}`);
  };
  const objects = db.collection('objects');
  let interrupted = 0;
  for (let file = 1; file <= INTERRUPTED_FILES; file++) {
    const { _id } = await seen(() => objects.findOne({ state: 'PENDING', received: CHUNK_BYTES }));
    await kill('api', `in file ${file}`);
    if ((await objects.findOne({ _id }))?.state === 'PENDING') interrupted++;
    await seen(() => objects.findOne({ _id, state: 'COMPLETE' }));
  }
  expect(interrupted).toBeGreaterThan(0);
  const { _id: dataset } = await seen(() => db.collection('datasets').findOne({ project: 'p', name: 'bulk' }));
  const { _id: uploadId } = await seen(() => db.collection('uploads').findOne({ dataset }));
  await kill('worker', 'when the upload was opened');
  await kill('api', 'when the upload was opened');
  for (let more = 0; more < LATER_KILLS; more++) {
    await eventually(() => system.client.ready(), 60_000, 100);
    await sleep(random.between(0, 1_500));
    const found = await db.collection('uploads').findOne({ _id: uploadId });
    const state = String(found?.state);
    if (!['OPEN', 'PROCESSING'].includes(state)) return;
    await kill(random.pick(['worker', 'worker', 'api'] as const), `while it was ${state}`);
  }
}

/** Looks as often as it can: what it waits for may last some milliseconds. */
async function seen<T>(look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error('What was to be interrupted did not happen within two minutes');
    await sleep(2);
  }
}
