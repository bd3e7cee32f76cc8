import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { Semaphore } from 'async-mutex';
import type { Logger } from 'pino';
import { createActivities } from '../activities';
import type { GroupWriter } from '../activities/commit/write-group';
import { requireSettings } from '../config/required-settings';
import { databaseName, type Settings } from '../config/settings';
import { ByteBudget } from '../staging/byte-budget';
import { connectStore, type MongoStore } from '../store/mongo';
import { bucketOf } from '../store/s3';
import type { Hints } from '../temporal/hints';
import { connectTemporal } from '../temporal/connect';
import { startGroupThreads } from './group-threads';
import { startSweep } from './sweep';

/** Cached workflows are small but many; the default grows with the machine's memory. */
const CACHED_WORKFLOWS = 200;
const BEAT_MS = 2_000;
/** Uploads whose files one worker reads at once: each holds a batch of vectors. */
const INGESTS = 2;
const STAGING_BYTES = 16 * 1024 * 1024;

/** Everything that a worker is made of, for tests to inspect. */
export function workerOptions(
  store: MongoStore,
  groups: GroupWriter & { capacity: number },
  hints: Hints,
  settings: Pick<Settings, 'temporalNamespace' | 'taskQueue' | 'oldClientDataHosts'>,
  logger: Logger,
): Omit<WorkerOptions, 'connection'> {
  return {
    namespace: settings.temporalNamespace,
    taskQueue: settings.taskQueue,
    ...workflowSource(),
    activities: createActivities({
      commits: store.commits,
      groups,
      maintenance: store.maintenance,
      uploads: store.uploads,
      ingests: store.ingests,
      objects: store.objects,
      staging: store.staging,
      hints,
      slots: new Semaphore(groups.capacity),
      ingestSlots: new Semaphore(INGESTS),
      stagingBudget: new ByteBudget(STAGING_BYTES),
      dataHosts: settings.oldClientDataHosts ?? [],
      logger,
    }),
    maxCachedWorkflows: CACHED_WORKFLOWS,
    maxConcurrentWorkflowTaskExecutions: 10,
    maxConcurrentActivityTaskExecutions: 100,
    shutdownGraceTime: '5 seconds',
    maxHeartbeatThrottleInterval: '2 seconds',
  };
}

/** The bundle made at build time, else the sources. */
function workflowSource(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const codePath = join(__dirname, '..', 'workflow-bundle.js');
  return existsSync(codePath) ? { workflowBundle: { codePath } } : { workflowsPath: require.resolve('../workflows') };
}

/** Runs a worker until SIGINT or SIGTERM; what is under way goes on elsewhere. */
export async function runWorker(given: Settings, logger: Logger): Promise<void> {
  const settings = requireSettings(given, ['mongodbUri', 'temporalAddress'], 'The worker');
  Runtime.install({ shutdownSignals: ['SIGINT', 'SIGTERM'] });
  const database = databaseName(settings.mongodbUri);
  const bucket = await bucketOf(settings);
  const store = await connectStore(settings.mongodbUri, { database, objects: { pieces: bucket } });
  const groups = startGroupThreads({ uri: settings.mongodbUri, database });
  const temporal = await connectTemporal({
    address: settings.temporalAddress,
    namespace: settings.temporalNamespace,
    taskQueue: settings.taskQueue,
    logger,
    leased: ({ key }) => store.commits.leased(key),
  });
  const connection = await connectPatiently(settings.temporalAddress, logger);
  const worker = await Worker.create({ connection, ...workerOptions(store, groups, temporal.hints, settings, logger) });
  const sweep = startSweep({
    commits: store.commits,
    maintenance: store.maintenance,
    objects: store.objects,
    hints: temporal.hints,
    logger,
  });
  const worker_id = randomUUID();
  const beat = (): void =>
    void store.workers
      .beat(worker_id)
      .catch((error: unknown) => logger.warn({ err: error }, 'The worker could not say that it is alive'));
  beat();
  const beats = setInterval(beat, BEAT_MS);
  logger.info({ worker_id, task_queue: settings.taskQueue }, 'The worker is up');
  try {
    await worker.run();
  } finally {
    clearInterval(beats);
    await sweep.stop();
    await store.workers.leave(worker_id).catch(() => undefined);
    await temporal.close();
    await connection.close();
    await groups.close();
    await store.close();
    bucket?.close();
    logger.info({ worker_id }, 'The worker has stopped');
  }
}

/** Waits for a Temporal server that starts later or comes back. */
async function connectPatiently(address: string, logger: Logger): Promise<NativeConnection> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await NativeConnection.connect({ address });
    } catch (error) {
      if (attempt === 30) throw error;
      logger.warn({ address, attempt, err: error }, 'Temporal does not answer yet');
      await sleep(2_000);
    }
  }
}
