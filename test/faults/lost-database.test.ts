import { join } from 'node:path';
import { planCommit } from '../../activities/commit/plan-commit';
import type { GroupJob } from '../../activities/commit/write-group';
import { startMongod, type RunningMongod } from '../../engines/mongod';
import { freePort } from '../../engines/ports';
import { connectStore, type MongoStore } from '../../store/mongo';
import type { SubmissionRef } from '../../store/staging';
import { startGroupThreads, type GroupThreads } from '../../worker/group-threads';
import { frames } from '../store/commit-items';
import { codeOf, newDataset, openUpload, reread, submit } from '../store/store-harness';
import { testMongodBinary } from '../support/engines';
import { eventually } from '../support/eventually';
import { scratchFolder } from '../support/scratch-folder';

const THREAD = join(__dirname, '..', '..', 'dist', 'worker', 'group-thread.js');
const DATABASE = 'lost';
const ITEMS = 20;
const EMPTY_CHUNK = { index: 0, offset: 0, frame_ids: [], lines: [], broken: [] };

let mongod: RunningMongod;
let port: number;
let store: MongoStore;
let threads: GroupThreads | undefined;

// Before the folder's own clean-up: hooks run in the order in which they are set up.
afterAll(async () => {
  await threads?.close();
  await store?.close();
  await mongod?.kill();
}, 60_000);

const folder = scratchFolder();

const start = async (): Promise<RunningMongod> =>
  startMongod({
    binary: await testMongodBinary(),
    dbPath: join(folder, 'mongodb'),
    port,
    logFile: join(folder, 'mongod.log'),
    cacheGb: 0.25,
  });

beforeAll(async () => {
  port = await freePort();
  mongod = await start();
  store = await connectStore(mongod.uri, { database: DATABASE, answerMs: 1_000 });
}, 120_000);

/** An intended commit, as a job for a thread. */
async function groupJob(): Promise<GroupJob> {
  const dataset = await newDataset(store);
  const { upload_id } = await openUpload(store, dataset.key);
  await submit(store, dataset.key, upload_id, frames(ITEMS));
  const planned = await planCommit(store.commits, dataset.key);
  if (!planned) throw new Error('Nothing waits in the queue');
  const commit = await store.commits.intend(await reread(store, dataset), planned.plan, planned.queued);
  if (!commit) throw new Error('The commit was not intended');
  const group = await store.commits.chunks(commit, null, 10, 'waiting');
  const classes = [...(await store.commits.classes(dataset.project))];
  return { commit, group, classes, schema: dataset.schema, settled: true };
}

it('a thread whose first group meets no database writes its next one when there is', async () => {
  const job = await groupJob();
  await mongod.kill();
  threads = startGroupThreads({ uri: mongod.uri, database: DATABASE }, THREAD);
  const { capacity, write } = threads;
  const everyThread = () => Promise.all(Array.from({ length: capacity }, () => write(job)));
  expect(new Set(await everyThread())).toEqual(new Set(['unavailable']));

  mongod = await start();
  await eventually(async () => expect(new Set(await everyThread())).toEqual(new Set(['written'])), 60_000);
  expect(await store.database.c.frames.countDocuments({ commit_id: job.commit.commit_id })).toBe(ITEMS);
}, 180_000);

describe('a call to a database that falls silent', () => {
  const LARGE = 15 * 1024 * 1024;

  it.each([
    [
      'with a small command',
      () => store.projects.create({ project: 'p', label_classes: [], primary_task: '2D_OBJECT_DETECTION' }),
    ],
    // The socket takes only a part of it: the call hangs while it is sent, not while it waits for the answer.
    [
      'with a command larger than the socket takes at once',
      (submission: SubmissionRef) => store.staging.putChunk(submission, { ...EMPTY_CHUNK, body: Buffer.alloc(LARGE) }),
    ],
  ])(
    '%s is given up, and the next one goes through when it speaks again',
    async (_title, call: (submission: SubmissionRef) => Promise<unknown>) => {
      const { key } = await newDataset(store);
      const { upload_id } = await openUpload(store, key);
      const submission = await store.staging.begin(key, upload_id);
      process.kill(mongod.pid, 'SIGSTOP');
      try {
        expect(await codeOf(call(submission))).toBe('store_unavailable');
      } finally {
        process.kill(mongod.pid, 'SIGCONT');
      }
      await eventually(async () => expect((await store.uploads.get(key, upload_id)).state).toBe('OPEN'), 60_000);
    },
    180_000,
  );
});
