import { spawn } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { startChild, type Child } from '../../engines/child';
import { freePort } from '../../engines/ports';
import { waitUntilUp } from '../../engines/wait-until-up';
import { scratchFolder } from '../support/scratch-folder';

const ROOT = join(__dirname, '..', '..');
/** Most of it is pip fetching what the Python client needs. */
const PASTE_MS = 600_000;

let start: Child | undefined;
// Before the folder is removed: the launcher stops what its pid files name.
afterAll(() => start?.stop(60_000), 90_000);
const folder = scratchFolder();

/** One step of the walk: what the reader pastes, and what the README shows under it: answers, or lines that are printed. */
interface Step {
  title: string;
  commands: string;
  shown: object[];
  lines: string[];
}

function readSteps(): Step[] {
  const page = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const section = page.split(/^## /m).find((part) => part.startsWith('The first five minutes\n')) ?? '';
  const steps: Step[] = [];
  let title = '';
  for (const [, heading, language, code] of section.matchAll(/^\*\*(\d+\. [^*]+)\*\*|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (heading !== undefined) title = heading;
    else if (language === 'bash') steps.push({ title, commands: code ?? '', shown: [], lines: [] });
    else if (language === 'text') steps.at(-1)?.lines.push(...(code ?? '').split('\n'));
    else if (language === 'json') steps.at(-1)?.shown.push(JSON.parse(code ?? '') as object);
  }
  return steps;
}

/** Every JSON object in what a step printed, server-sent events included. */
function answersIn(output: string): unknown[] {
  return output
    .split('\n')
    .map((line) => line.replace(/^data: /, ''))
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown);
}

const MARK = '---- end of step';
const steps = readSteps();
let outputs: string[] = [];

beforeAll(async () => {
  // The reader is in the project's folder, where the data folder is too.
  symlinkSync(join(ROOT, 'examples'), join(folder, 'examples'));
  const port = await freePort();
  const launcher = await startChild({
    command: process.execPath,
    args: [join(ROOT, 'scripts', 'start.mjs')],
    logFile: join(folder, 'start.log'),
    env: {
      ...process.env,
      PORT: String(port),
      MONGODB_PORT: String(await freePort()),
      TEMPORAL_PORT: String(await freePort()),
      TEMPORAL_UI: 'false',
      MONGODB_URI: '',
      TEMPORAL_ADDRESS: '',
      VIVARIUM_ADMIN_KEY: '',
      VIVARIUM_DATA_DIR: join(folder, '.vivarium'),
    },
  });
  start = launcher;
  const isUp = async () => readFileSync(launcher.logFile, 'utf8').includes('Vivarium is ready');
  await waitUntilUp({ child: launcher, what: 'npm start', timeoutMs: 120_000, isUp });
  outputs = await paste(`http://127.0.0.1:${port}`);
}, PASTE_MS + 150_000);

/** What each step printed. One shell runs them all, as the reader has one; the port alone is not as printed. */
async function paste(apiUrl: string): Promise<string[]> {
  const shell = spawn('bash', ['-e', '-o', 'pipefail'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: PASTE_MS,
  });
  const script = steps.map(({ commands }) => `${commands}\necho '${MARK}'\n`).join('');
  shell.stdin.end(script.replaceAll('http://127.0.0.1:8080', apiUrl));
  return (await text(shell.stdout)).split(`${MARK}\n`);
}

describe("the README's first five minutes", () => {
  it('have steps, and answers to compare', () => {
    expect(steps.length).toBeGreaterThan(6);
    expect(steps.flatMap(({ shown }) => shown).length).toBeGreaterThan(8);
  });

  it.each(steps.map((step, at) => [`${step.title} (commands ${at + 1})`, at] as const))('%s', (_title, at) => {
    const output = outputs[at] ?? '';
    const answers = answersIn(output);
    const lines = steps[at]?.lines ?? [];
    expect(answers.length + lines.length).toBeGreaterThan(0);
    expect(output.split('\n')).toEqual(expect.arrayContaining(lines));
    const refused = answers.filter((answer) => 'status' in (answer as object));
    expect(refused).toEqual([]);
    for (const shown of steps[at]?.shown ?? []) expect(answers).toContainEqual(asPartOf(shown));
  });

  it('reach the end', () => {
    expect(outputs).toHaveLength(steps.length + 1);
  });
});

/** What is shown may leave out fields, not entries. */
function asPartOf(shown: unknown): unknown {
  if (Array.isArray(shown)) return shown.map(asPartOf);
  if (typeof shown !== 'object' || shown === null) return shown;
  return expect.objectContaining(
    Object.fromEntries(Object.entries(shown).map(([key, value]) => [key, asPartOf(value)])),
  );
}
