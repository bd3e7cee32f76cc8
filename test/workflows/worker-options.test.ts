import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { groupWriter } from '../../activities/commit/write-group';
import { loadSettings } from '../../config/settings';
import { connectStore, type MongoStore } from '../../store/mongo';
import { workerOptions } from '../../worker/run-worker';
import { NO_HINTS } from '../support/activities-of';
import { freshDatabaseName, testMongoUri, testTemporalAddress } from '../support/engines';

let store: MongoStore;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  store = await connectStore(testMongoUri(freshDatabaseName('worker_options')));
}, 60_000);
afterAll(async () => {
  await store?.database.db.dropDatabase();
  await store?.close();
});

function options() {
  const groups = { ...groupWriter(store.commits), capacity: 3 };
  const taskQueue = `options-${randomUUID()}`;
  const settings = { ...loadSettings({}), temporalNamespace: 'default', taskQueue };
  return workerOptions(store, groups, NO_HINTS, settings, pino({ level: 'silent' }));
}

it('a worker has exactly the activities that the workflows call, each under a name of its own', () => {
  const source = readFileSync(require.resolve('../../workflows/activity-options'), 'utf8');
  const called = [...source.matchAll(/export const \{([^}]+)\} = proxyActivities/g)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  );
  expect(called.length).toBeGreaterThan(5);
  expect(new Set(called).size).toBe(called.length);
  expect(Object.keys(options().activities ?? {}).sort()).toEqual([...called].sort());
});

it('a worker holds no more in memory than it is told, and stops soon', () => {
  expect(options()).toMatchObject({
    namespace: 'default',
    maxCachedWorkflows: 200,
    maxConcurrentWorkflowTaskExecutions: 10,
    maxConcurrentActivityTaskExecutions: 100,
    shutdownGraceTime: '5 seconds',
    maxHeartbeatThrottleInterval: '2 seconds',
  });
});

it('a worker runs and stops with these options', async () => {
  const connection = await NativeConnection.connect({ address: testTemporalAddress() });
  const worker = await Worker.create({ connection, ...options() });
  const running = worker.run();
  worker.shutdown();
  await running;
  expect(worker.getState()).toBe('STOPPED');
  await connection.close();
}, 60_000);
