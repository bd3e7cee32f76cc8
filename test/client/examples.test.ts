import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonVariables } from '../support/python-environment';
import { scratchFolder } from '../support/scratch-folder';
import { ADMIN_KEY, System, type Body } from '../system/system';
import { clientSetup } from './python-tests';

const EXAMPLES = join(__dirname, '..', '..', 'examples');
const run = promisify(execFile);

const folder = scratchFolder();
let system: System;

beforeAll(async () => {
  system = await System.start(folder);
}, 90_000);
afterAll(() => system.stop(), 30_000);

/** What an example printed, as lines without the client's progress bars. */
async function printed(example: string, client: string, ...args: string[]): Promise<string[]> {
  const setup = clientSetup(client);
  const { stdout } = await run(
    setup.python,
    [join(EXAMPLES, example), '--api', system.root, '--key', ADMIN_KEY, '--limit', '200', ...args],
    { cwd: folder, env: pythonVariables(setup, { AQUARIUM_TEMP_DIR: folder, TMPDIR: folder }), maxBuffer: 16 << 20 },
  );
  return stdout.split('\n');
}

const versionsOf = async (dataset: string): Promise<Body[]> => (await system.all(`${dataset}/versions`)).toReversed();

describe('examples/quickstart.py with client 1.0.7', () => {
  const labels = '/projects/digits/datasets/scans';
  const predictions = '/projects/digits/datasets/inferences_scans_logistic';
  let lines: string[] = [];

  it('runs to its end', async () => {
    lines = await printed('quickstart.py', 'v1_0_7');
    expect(lines).toContain('Labels: DONE, 200 applied, 0 failed, version 1');
    expect(lines).toContain('Predictions: DONE, 200 applied, 0 failed, version 1');
    expect(lines).toContain('The predictions belong to version 1 of the labels');
  }, 180_000);

  it('stores images that anybody with their URL can see', async () => {
    const { sensor_data } = await system.get(`${labels}/frames/digit_0007`);
    const [{ url } = { url: '' }] = sensor_data as { url: string }[];
    const image = await fetch(new URL(url, system.root));
    expect(image.status).toBe(200);
    expect(
      Buffer.from(await image.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  it('corrects labels, and nothing else, in a version of their own', async () => {
    const [first, second] = await versionsOf(labels);
    expect(first?.counts).toMatchObject({ added: 200, frames: 200 });
    const [, changed = ''] = /Relabel of (\d) of 5 mistakes: DONE/.exec(lines.join('\n')) ?? [];
    expect(second?.counts).toMatchObject({ added: 0, updated: Number(changed), deleted: 0 });
    const diff = await system.all(`${labels}/diff?from=1&to=2`);
    expect(diff).toHaveLength(Number(changed));
    for (const { frame_id, changes } of diff) {
      expect(changes).toEqual([expect.objectContaining({ path: `labels[${frame_id}_label].class` })]);
      const { embedding } = await system.get(`${labels}/frames/${frame_id}?embeddings=true`);
      expect((embedding as { vector: number[] }).vector).toHaveLength(64);
    }
  });

  it('pins the predictions to the labels that they were made from', async () => {
    const [made] = await versionsOf(predictions);
    expect(made?.base_version).toBe(1);
    const { labels: inferences } = await system.get(`${predictions}/frames/digit_0007`);
    expect(inferences).toEqual([expect.objectContaining({ confidence: expect.any(Number) as number })]);
  });

  it('goes on with its project when it runs again', async () => {
    const again = await printed('quickstart.py', 'v1_0_7');
    expect(again).toContain('Labels: DONE, 200 applied, 0 failed, version 3');
    expect(await versionsOf(labels)).toHaveLength(4);
  }, 180_000);
});

describe('examples/quickstart_legacy.py with client 0.0.61', () => {
  const living = '/projects/digits_legacy/datasets/scans';
  const frozen = '/projects/digits_legacy/datasets/scans_2020';

  it('runs to its end', async () => {
    const lines = await printed('quickstart_legacy.py', 'v0_0_61');
    expect(lines).toContain('BATCH: DONE, 200 applied, 0 failed, version 1');
    expect(lines).toContain('STREAMING: DONE, 200 applied, 0 failed, version 1');
    expect(lines).toContain('scans_2020 has 200 frames, scans has 200; three:');
    expect(lines).toContain('The frame was written by version 2, its label by version 1');
  }, 180_000);

  it('leaves one data set that never changes and one that does', async () => {
    expect(await system.get(frozen)).toMatchObject({ mode: 'BATCH', head: 1 });
    expect(await system.get(living)).toMatchObject({ mode: 'STREAMING', head: 2 });
    const [box] = (await system.get(`${frozen}/frames/digit_0000`)).labels;
    expect(box).toMatchObject({ class: '0', geometry: { left: 8, top: 0, width: 48, height: 64 } });
  });

  it('leaves the BATCH data set alone when it runs again', async () => {
    const lines = await printed('quickstart_legacy.py', 'v0_0_61');
    expect(lines).toContain('scans_2020 was made by an earlier run, and a BATCH data set never changes: skipped');
    expect(await versionsOf(frozen)).toHaveLength(1);
  }, 180_000);
});
