import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory, loadSettings } from '../../config/settings';
import { locateMongod, locateTemporal, type EngineSources } from '../../engines/locate';
import { startMongod, type RunningMongod } from '../../engines/mongod';
import { livingProcess, stopOrphan, writePidFile } from '../../engines/pid-file';
import { freePort } from '../../engines/ports';
import { startTemporalServer, type RunningTemporalServer } from '../../engines/temporal-server';

/** Folders of test runs; one holds the data, logs and pid files of one run's engines. */
const FOLDER_PREFIX = 'vivarium-test-';

/** The variables that carry the engines' addresses to the test files. Set beforehand, those engines are used instead. */
export const MONGODB_URI_VARIABLE = 'VIVARIUM_TEST_MONGODB_URI';
export const TEMPORAL_ADDRESS_VARIABLE = 'VIVARIUM_TEST_TEMPORAL_ADDRESS';

interface SharedEngines {
  folder?: string;
  mongod?: RunningMongod;
  temporal?: RunningTemporalServer;
}

// Each of Jest's global set-ups loads its modules anew; what they share has to hang on the process.
const shared = ((globalThis as { vivariumEngines?: SharedEngines }).vivariumEngines ??= {});

export function engineSources(): EngineSources {
  const log = (sentence: string) => process.stderr.write(`${sentence}\n`);
  return { cacheDir: cacheDirectory(loadSettings(process.env)), env: process.env, log };
}

/** Starts the one mongod of this test run, unless it runs. */
export async function provideMongod(): Promise<void> {
  if (process.env[MONGODB_URI_VARIABLE]) return;
  const folder = await runFolder();
  const port = await freePort();
  shared.mongod = await startMongod({
    binary: await locateMongod(engineSources()),
    dbPath: join(folder, 'mongodb'),
    port,
    logFile: join(folder, 'mongod.log'),
    cacheGb: 0.5,
    onSpawn: (pid) => writePidFile(join(folder, 'mongod.json'), pid, port),
  });
  process.env[MONGODB_URI_VARIABLE] = shared.mongod.uri;
}

/** Starts the one Temporal server of this test run, unless it runs. */
export async function provideTemporal(): Promise<void> {
  if (process.env[TEMPORAL_ADDRESS_VARIABLE]) return;
  const folder = await runFolder();
  const port = await freePort();
  shared.temporal = await startTemporalServer({
    binary: await locateTemporal(engineSources()),
    dbFile: join(folder, 'temporal.db'),
    port,
    logFile: join(folder, 'temporal.log'),
    onSpawn: (pid) => writePidFile(join(folder, 'temporal.json'), pid, port),
  });
  process.env[TEMPORAL_ADDRESS_VARIABLE] = shared.temporal.address;
}

/** Stops what this run started and removes its folder. */
export async function stopSharedEngines(): Promise<void> {
  await Promise.all([shared.temporal?.stop(), shared.mongod?.stop()]);
  if (shared.folder !== undefined) rmSync(shared.folder, { recursive: true, force: true });
  shared.folder = undefined;
}

async function runFolder(): Promise<string> {
  if (shared.folder === undefined) {
    await removeAbandonedRuns();
    shared.folder = mkdtempSync(join(tmpdir(), FOLDER_PREFIX));
    writePidFile(join(shared.folder, 'owner.json'), process.pid);
  }
  return shared.folder;
}

/** Ends the engines of test runs that were killed before they could. */
async function removeAbandonedRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(FOLDER_PREFIX))) {
    const folder = join(tmpdir(), name);
    const isNew = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.ctimeMs ?? 0) < 60_000;
    if (isNew || livingProcess(join(folder, 'owner.json'))) continue;
    await stopOrphan(join(folder, 'temporal.json'));
    await stopOrphan(join(folder, 'mongod.json'));
    rmSync(folder, { recursive: true, force: true });
  }
}
