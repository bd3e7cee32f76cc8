import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory, loadSettings } from '../../config/settings';

const run = promisify(execFile);

const PYTHON_TESTS = join(__dirname, '..', 'client', 'python');
/** Those that the pinned packages have wheels for. */
const MINORS = [9, 10, 11, 12, 13];
const PROGRAMS = ['python3', ...MINORS.toReversed().map((minor) => `python3.${minor}`)];
const PIP = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];

/** A Python with what a client needs, and where the client itself is. */
export interface PythonEnvironment {
  /** The interpreter of the virtual environment. */
  python: string;
  /** The folder to put on PYTHONPATH; it holds the one client and nothing else. */
  clientPath: string;
}

/**
 * Makes the virtual environment of the client tests, once: the second call finds it in the cache of the engines. All
 * versions of the client share it, each installed, unmodified, into a folder of its own.
 * Several processes may do so at a time: each folder appears in the cache in one step, complete.
 * @param version of `aquariumlearning` on PyPI
 * @throws Error with a sentence when there is no Python, no `venv` or no package index
 */
export async function pythonEnvironment(version: string): Promise<PythonEnvironment> {
  const requirements = await readFile(join(PYTHON_TESTS, 'requirements.txt'));
  const { program, minor } = await findPython();
  const cache = cacheDirectory(loadSettings(process.env));
  await mkdir(cache, { recursive: true });
  const digest = createHash('sha256').update(requirements).digest('hex').slice(0, 12);
  const environment = join(cache, `client-tests-py3${minor}-${digest}`);
  const python = join('bin', 'python');
  await once(environment, cache, 'Fetching what the Python client needs (about 200 MB)', async (folder) => {
    await venv(program, folder);
    await pip(join(folder, python), ['--requirement', join(PYTHON_TESTS, 'requirements.txt')]);
  });
  const clientPath = join(cache, `aquariumlearning-${version}`);
  await once(clientPath, cache, `Fetching the Python client ${version}`, (folder) =>
    pip(join(environment, python), ['--no-deps', '--target', folder, `aquariumlearning==${version}`]),
  );
  return { python: join(environment, python), clientPath };
}

/**
 * Makes a virtual environment with a tool that a test needs, once; answers its interpreter.
 * @param requirements file of pinned packages
 * @throws Error as `pythonEnvironment`
 */
export async function pythonTool(name: string, requirements: string): Promise<string> {
  const { program, minor } = await findPython();
  const cache = cacheDirectory(loadSettings(process.env));
  await mkdir(cache, { recursive: true });
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const environment = join(cache, `${name}-py3${minor}-${digest}`);
  const python = join('bin', 'python');
  await once(environment, cache, `Fetching ${name} for the tests`, async (folder) => {
    await venv(program, folder);
    await pip(join(folder, python), ['--requirement', requirements]);
  });
  return join(environment, python);
}

/** The variables that a Python program of the tests runs with. */
export function pythonVariables({ clientPath }: PythonEnvironment, more: Record<string, string>): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...more,
    PYTHONPATH: [clientPath, PYTHON_TESTS].join(delimiter),
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  };
}

async function once(
  folder: string,
  cache: string,
  sentence: string,
  make: (scratch: string) => Promise<void>,
): Promise<void> {
  if (existsSync(folder)) return;
  process.stderr.write(`${sentence} into ${cache}, once\n`);
  const scratch = await mkdtemp(join(cache, '.fetching-'));
  try {
    await make(join(scratch, 'ready'));
    await rename(join(scratch, 'ready'), folder).catch((error: unknown) => {
      // Another process was faster; its folder is as good.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function findPython(): Promise<{ program: string; minor: number }> {
  for (const program of PROGRAMS) {
    const asked = ['-c', 'import sys; print(*sys.version_info[:2])'];
    const { stdout } = await run(program, asked).catch(() => ({ stdout: '' }));
    const [major, minor = 0] = stdout.trim().split(' ').map(Number);
    if (major === 3 && MINORS.includes(minor)) return { program, minor };
  }
  throw new Error(
    'The tests of the Python client need Python 3.9 to 3.13 on the PATH; install one (Debian, Ubuntu: apt-get install python3 python3-venv)',
  );
}

async function venv(program: string, folder: string): Promise<void> {
  await run(program, ['-m', 'venv', folder]).catch((error: { stdout?: string; message: string }) => {
    throw new Error(
      `${program} cannot make a virtual environment (${lastLine(error.stdout) ?? error.message}); install its venv module (Debian, Ubuntu: apt-get install python3-venv)`,
    );
  });
}

async function pip(python: string, args: readonly string[]): Promise<void> {
  await run(python, [...PIP, ...args], { maxBuffer: 16 * 1024 * 1024 }).catch(
    (error: { stderr?: string; message: string }) => {
      throw new Error(
        `pip could not install what the tests of the Python client need (${lastLine(error.stderr) ?? error.message}); check the network and pip's index settings`,
      );
    },
  );
}

function lastLine(output = ''): string | undefined {
  return output.trim().split('\n').at(-1) || undefined;
}
