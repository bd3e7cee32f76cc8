import { startChild, type Child } from '../engines/child';
import { writePidFile } from '../engines/pid-file';
import { waitUntilUp } from '../engines/wait-until-up';
import type { DataFolder } from './data-folder';
import { supervise } from './supervise';

export interface ServiceOptions {
  folder: DataFolder;
  /** The compiled entry points of worker and API. */
  entries: { worker: string; api: string };
  /** The environment that both get. */
  env: NodeJS.ProcessEnv;
  /** The first admin key, which only the API gets. */
  adminKey: string;
  /** Where the API will listen. */
  apiUrl: string;
  log: (sentence: string) => void;
  stopping: AbortSignal;
}

/** glibc gives every thread heaps of its own, whose free parts add up: two hold the worker's peak 25 MB lower. */
const MALLOC_ARENA_MAX = '2';

/** How long worker and API may take until they are ready: index builds on a large store count too. */
const READY_WITHIN_MS = 180_000;

/**
 * Starts worker and API, waits until `/readyz` answers 200, and keeps both running from then on.
 * @throws EngineError with the tail of the log when one of them does not come up
 */
export async function startServices(options: ServiceOptions): Promise<void> {
  const { apiUrl, entries, env, log, stopping } = options;
  const startWorker = () => startService(options, 'worker', entries.worker, { MALLOC_ARENA_MAX, ...env });
  const startApi = () => startService(options, 'api', entries.api, { ...env, VIVARIUM_ADMIN_KEY: options.adminKey });
  log('Starting worker and API');
  const worker = await startWorker();
  const api = await startApi();
  await Promise.race([
    waitUntilUp({ child: api, what: 'The API', timeoutMs: READY_WITHIN_MS, isUp: () => isReady(apiUrl) }),
    failWhenEnded(worker),
  ]);
  void supervise({ name: 'The worker', child: worker, start: startWorker, log, stopping });
  void supervise({ name: 'The API', child: api, start: startApi, log, stopping });
}

async function startService(
  { folder, stopping }: ServiceOptions,
  name: 'worker' | 'api',
  entry: string,
  env: NodeJS.ProcessEnv,
): Promise<Child> {
  stopping.throwIfAborted();
  const child = await startChild({
    command: process.execPath,
    args: ['--enable-source-maps', entry],
    logFile: folder.logFile(name),
    env,
  });
  writePidFile(folder.pidFile(name), child.pid);
  return child;
}

async function failWhenEnded(worker: Child): Promise<void> {
  await worker.exited;
  await waitUntilUp({ child: worker, what: 'The worker', timeoutMs: 1_000, isUp: () => Promise.resolve(false) });
}

/** Whether the API says that it and all it needs are up; throws what it says otherwise. */
async function isReady(apiUrl: string): Promise<boolean> {
  const answer = await fetch(`${apiUrl}/readyz`, { signal: AbortSignal.timeout(5_000) });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`/readyz answers ${answer.status}: ${text.slice(0, 300)}`);
  return true;
}
