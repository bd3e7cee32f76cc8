import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pythonVariables, type PythonEnvironment } from '../support/python-environment';
import { scratchFolder } from '../support/scratch-folder';
import { CLIENTS_VARIABLE, type ClientSetup } from '../support/setup-client';
import { ADMIN_KEY, System } from '../system/system';
import { readJunitReport, type PythonResult } from './junit-report';
import { PYTHON_TESTS } from './versions';

/** Most of the time the client sleeps, 10 s at a time, so there may be more of them than processors. */
const PROCESSES = 4;
/** Files for the server to fetch lie on this machine: at an allowed address, and at a name that stands for a private one. */
const SETTINGS = { OLD_CLIENT_DATA_HOSTS: '127.0.0.1,localhost' };
const LONGEST_RUN_MS = 600_000;

/** Where a client is, for test files that run programs of their own. Throws when it could not be installed. */
export function clientSetup(folder: string): PythonEnvironment {
  const setup = JSON.parse(process.env[CLIENTS_VARIABLE] ?? '{}') as ClientSetup;
  const { [folder]: client } = setup;
  if (client === undefined) throw new Error(`${CLIENTS_VARIABLE} names no client ${folder}`);
  if ('failure' in client) throw new Error(client.failure);
  return client;
}

/** The tests that pytest finds below a folder of PYTHON_TESTS, as node ids. */
function collect(folder: string): string[] {
  const client = clientSetup(folder);
  const args = ['-m', 'pytest', '--collect-only', '--quiet', folder];
  const output = execFileSync(client.python, args, {
    cwd: PYTHON_TESTS,
    env: pythonVariables(client, {}),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return output.split('\n').filter((line) => line.includes('::'));
}

/**
 * Defines one Jest test for each Python test below `test/client/python/<folder>`. They all run against one system of their
 * own, several at a time, before the first of the Jest tests, which tell what became of each.
 */
export function runPythonTests(folder: string): void {
  let ids: string[];
  try {
    ids = collect(folder);
  } catch (error) {
    it('can be collected', () => {
      throw error;
    });
    return;
  }
  const scratch = scratchFolder();
  const report = join(scratch, 'report.xml');
  let results = new Map<string, PythonResult>();
  let output = '';

  beforeAll(async () => {
    const system = await System.start(scratch, SETTINGS);
    try {
      output = await pytest(folder, system.root, report, scratch);
    } finally {
      await system.stop();
    }
    if (existsSync(report)) results = readJunitReport(report);
  }, LONGEST_RUN_MS + 60_000);

  it.each(ids.map((id) => [title(id), id]))('%s', (_title, id) => {
    const result = results.get(id);
    if (!result) throw new Error(`pytest does not tell what became of ${id}\n${output.slice(-4_000)}`);
    if (result.skipped !== undefined) throw new Error(`Left out: ${result.skipped}`);
    if (result.failure !== undefined) throw new PythonFailure(`${id}\n${result.failure}`);
  });
}

/** Its stack would only tell where in this file it was made. */
class PythonFailure extends Error {
  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}

/** Everything that pytest printed. Failed tests are no error; the report has them. */
function pytest(folder: string, root: string, report: string, scratch: string): Promise<string> {
  const client = clientSetup(folder);
  const args = ['-m', 'pytest', '-n', String(PROCESSES), `--junit-xml=${report}`, '--tb=short', '-q', folder];
  const variables = { VIVARIUM_URL: root, VIVARIUM_ADMIN_KEY: ADMIN_KEY, TMPDIR: scratch };
  return new Promise((done) => {
    execFile(
      client.python,
      [...args, '-o', 'junit_logging=all'],
      {
        cwd: PYTHON_TESTS,
        env: pythonVariables(client, variables),
        timeout: LONGEST_RUN_MS,
        maxBuffer: 256 * 1024 * 1024,
      },
      (error, stdout, stderr) =>
        done(`${stdout}\n${stderr}\n${error && error.code === undefined ? error.message : ''}`),
    );
  });
}

/** `v1_0_7/frames/test_read.py::test_ids[quote]` reads `frames read: ids [quote]`. */
function title(id: string): string {
  const [path = '', ...names] = id.split('::');
  const words = (text: string): string => text.replaceAll('_', ' ').trim();
  const topic = path
    .split('/')
    .slice(1)
    .map((part) => words(part.replace(/^test_|\.py$/g, '')))
    .join(' ');
  const name = names.map((part) => part.replace(/^test_/, '').replace(/^[^[]+/, words)).join(' ');
  return `${topic}: ${name.replace('[', ' [')}`;
}
