import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from './engine-error';

/** The MongoDB that mongodb-memory-server fetches where there is no wheel: a long-term release for all its platforms. */
const MONGODB_VERSION = '7.0.24';

/**
 * Fetches mongod from MongoDB's own download site, for systems without a wheel; once.
 * The package is loaded only here, since it is no dependency of a server that is given its engines.
 */
export async function downloadMongod(cacheDir: string, log?: (sentence: string) => void): Promise<string> {
  log?.(`Looking for MongoDB ${MONGODB_VERSION} in ${cacheDir}, else fetching it from MongoDB's download site (once)`);
  const { MongoBinary } = await import('mongodb-memory-server-core');
  const path = await MongoBinary.getPath({ version: MONGODB_VERSION, downloadDir: join(cacheDir, 'mongodb-download') });
  if (!path) throw new EngineError(`MongoDB ${MONGODB_VERSION} has no download for this system`);
  return path;
}

/**
 * Fetches the Temporal CLI the way Temporal's SDK does, for systems without a wheel; once.
 * The SDK fetches when it starts a server, so one is started and stopped.
 */
export async function downloadTemporal(cacheDir: string, log?: (sentence: string) => void): Promise<string> {
  const folder = join(cacheDir, 'temporal-download');
  const program = join(folder, 'temporal');
  const isThere = () =>
    access(program).then(
      () => true,
      () => false,
    );
  if (await isThere()) return program;
  log?.(`Fetching the Temporal CLI from Temporal's download site into ${cacheDir} (once)`);

  await mkdir(cacheDir, { recursive: true });
  const scratch = await mkdtemp(join(cacheDir, '.fetching-'));
  try {
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const executable = { type: 'cached-download', downloadDir: scratch } as const;
    const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
    await environment.teardown();
    const [file] = await readdir(scratch);
    if (file === undefined) throw new EngineError('The Temporal SDK downloaded no server');
    await mkdir(folder, { recursive: true });
    await rename(join(scratch, file), program);
    return program;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
