import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings } from '../../config/settings';
import { freePort } from '../../engines/ports';
import { launch, type Launch } from '../../launcher/launch';
import { scratchFolder } from '../support/scratch-folder';

const ROOT = join(__dirname, '..', '..');
const folder = scratchFolder();

/** One step of the walk: what the reader pastes, and the answers that the README shows under it. */
interface Step {
  title: string;
  commands: string;
  shown: object[];
}

function readSteps(): Step[] {
  const page = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const section = page.split(/^## /m).find((part) => part.startsWith('The first five minutes\n')) ?? '';
  const steps: Step[] = [];
  let title = '';
  for (const [, heading, language, code] of section.matchAll(/^\*\*(\d+\. [^*]+)\*\*|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (heading !== undefined) title = heading;
    else if (language === 'bash') steps.push({ title, commands: code ?? '', shown: [] });
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
let running: Launch;
let outputs: string[] = [];

beforeAll(async () => {
  const ports = { PORT: await freePort(), MONGODB_PORT: await freePort(), TEMPORAL_PORT: await freePort() };
  const env = {
    ...process.env,
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
    MONGODB_URI: '',
    TEMPORAL_ADDRESS: '',
    TEMPORAL_UI: 'false',
    VIVARIUM_ADMIN_KEY: '',
    VIVARIUM_DATA_DIR: join(folder, '.vivarium'),
  };
  const dist = join(ROOT, 'dist');
  running = launch({
    settings: loadSettings(env),
    env,
    entries: { worker: join(dist, 'worker', 'main.js'), api: join(dist, 'api', 'main.js') },
    log: () => undefined,
  });
  const { apiUrl } = await running.ready;
  // One shell for all steps, as the reader has one; the port is the only thing that is not as printed.
  const script = steps.map(({ commands }) => `${commands}\necho '${MARK}'\n`).join('');
  const { stdout } = spawnSync('bash', ['-e', '-o', 'pipefail'], {
    cwd: folder,
    input: script.replaceAll('http://127.0.0.1:8080', apiUrl),
    encoding: 'utf8',
    timeout: 90_000,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  outputs = stdout.split(`${MARK}\n`);
}, 180_000);

afterAll(() => running?.stop(), 60_000);

describe("the README's first five minutes", () => {
  it('have steps, and answers to compare', () => {
    expect(steps.length).toBeGreaterThan(6);
    expect(steps.flatMap(({ shown }) => shown).length).toBeGreaterThan(8);
  });

  it.each(steps.map((step, at) => [step.title, at] as const))('%s', (_title, at) => {
    const answers = answersIn(outputs[at] ?? '');
    expect(answers).not.toEqual([]);
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
