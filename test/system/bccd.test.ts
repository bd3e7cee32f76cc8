import { scratchFolder } from '../support/scratch-folder';
import { System, type Body } from './system';
import { CELLS, vocFolder, vocToItems } from './voc-set';

const folder = scratchFolder();
const P = '/projects/blood';
const CELLS_DATASET = `${P}/datasets/cells`;
let system: System;
let frames: number;
let good: string[];

beforeAll(async () => {
  const source = vocFolder(folder);
  frames = source.frames;
  good = vocToItems(source.folder, '--image-base', 'https://images.example.org/bccd').stdout.trimEnd().split('\n');
  expect(good).toHaveLength(frames);
  system = await System.start(folder);
  await system.ok('POST', '/projects', { json: { id: 'blood', label_classes: CELLS } });
}, 120_000);

afterAll(() => system?.stop(), 60_000);

interface Box {
  label_id: string;
  class: string;
}

const item = (frame_id: string, labels: object[], sensor: object = { url: 'https://h/1.jpg' }): string =>
  JSON.stringify({
    op: 'put',
    frame_id,
    frame: { sensor_data: [{ sensor_id: 'DEFAULT', type: 'IMAGE', ...sensor }], labels },
  });
const box = (label_id: string, more: object = {}): object => ({
  label_id,
  type: 'BBOX_2D',
  class: 'RBC',
  geometry: { left: 1, top: 1, width: 1, height: 1 },
  ...more,
});

/** A broken line, where in the post it stands, and what is to be said of it. */
const BROKEN: [after: number, line: string, code: string, path: string | null, frame_id: string | null][] = [
  [0, '{"op":"put","frame_id":"bad1","frame":{', 'invalid_json', null, null],
  [7, item('bad2', [box('a'), box('b', { class: 'unicorn' })]), 'unknown_class', 'labels[1].class', 'bad2'],
  [
    8,
    item('bad3', [box('a', { geometry: { left: 1, top: 1, width: -1, height: 1 } })]),
    'invalid_number',
    'labels[0].geometry.width',
    'bad3',
  ],
  [30, item('bad4', [box('a'), box('b'), box('a')]), 'duplicate_label_id', 'labels[2].label_id', 'bad4'],
  [39, item('bad5', [box('a')], {}), 'missing_sensor_url', 'sensor_data[0].url', 'bad5'],
];

/** The good lines with the broken ones among them, and a blank line in front. */
function withBroken(): { lines: string[]; expected: object[] } {
  const lines = [''];
  const expected: object[] = [];
  good.forEach((line, at) => {
    for (const [, broken, code, path, frame_id] of BROKEN.filter(([after]) => after === at)) {
      expected.push({ item: lines.length - 1, line: lines.length + 1, code, path, frame_id });
      lines.push(broken);
    }
    lines.push(line);
  });
  return { lines, expected };
}

const hashOf = async (dataset: string, version: number | string): Promise<string> =>
  (await system.get(`${dataset}/versions/${version}`)).content_hash;

describe('a real data set', () => {
  it('is uploaded in spite of five broken items, which are reported with their places', async () => {
    await system.ok('POST', `${P}/datasets`, { json: { id: 'cells' } });
    const { lines, expected } = withBroken();
    const upload = await system.upload(CELLS_DATASET, lines, { message: 'first' });
    expect(upload).toMatchObject({
      state: 'PARTIAL',
      counts: { received: frames + 5, applied: frames, failed: 5, unchanged: 0, frames },
      first_version: 1,
      last_version: 1,
    });
    const errors = await system.all(`${CELLS_DATASET}/uploads/${upload.upload_id}/errors`, 2);
    expect(
      errors.map(({ item: number, line, code, path, frame_id: id }) => ({
        item: number,
        line,
        code,
        path,
        frame_id: id,
      })),
    ).toEqual(expected);
    for (const { message } of errors) expect(message).toMatch(/^[A-Z].*[^.]$/);
    const dataset = await system.get(CELLS_DATASET);
    const labels = good.reduce(
      (n, line) => n + (JSON.parse(line) as { frame: { labels: Box[] } }).frame.labels.length,
      0,
    );
    expect(dataset).toMatchObject({ head: 1, counts: { frames, labels } });
    const read = await system.all(`${CELLS_DATASET}/frames`);
    expect(read.map((frame) => frame.frame_id)).toEqual(
      good.map((line) => (JSON.parse(line) as { frame_id: string }).frame_id),
    );
  }, 60_000);

  it('that is sent again is unchanged and makes no version', async () => {
    const before = await system.get(CELLS_DATASET);
    const upload = await system.upload(CELLS_DATASET, withBroken().lines);
    expect(upload).toMatchObject({
      state: 'PARTIAL',
      counts: { applied: 0, unchanged: frames, failed: 5 },
      first_version: null,
      last_version: null,
    });
    expect(await system.get(CELLS_DATASET)).toEqual(before);
    expect(await system.all(`${CELLS_DATASET}/versions`)).toHaveLength(1);
  }, 60_000);

  it('is relabelled, and history and diff show it', async () => {
    const { frame_id: id, frame } = firstFrame();
    const [first] = frame.labels;
    const other = CELLS.find((name) => name !== first!.class)!;
    const patched = await system.ok('PATCH', `${CELLS_DATASET}/frames/${id}?wait=30s`, {
      json: { labels: { merge: [{ label_id: first!.label_id, class: other }] } },
    });
    expect(patched).toMatchObject({ status: 200, body: { state: 'APPLIED', version: 2 } });
    const history = (await system.get(`${CELLS_DATASET}/frames/${id}/labels/${first!.label_id}/history`)).items;
    expect(history).toMatchObject([
      {
        version: 2,
        kind: 'updated',
        changes: [{ path: 'class', old: first!.class, new: other }],
        label: { class: other },
      },
      { version: 1, kind: 'added', label: { class: first!.class } },
    ]);
    expect(await system.get(`${CELLS_DATASET}/diff?from=1&to=2`)).toMatchObject({
      items: [
        {
          frame_id: id,
          kind: 'updated',
          changes: [{ path: `labels[${first!.label_id}].class`, old: first!.class, new: other }],
        },
      ],
      next_cursor: null,
    });
    expect((await system.get(`${CELLS_DATASET}/diff?from=2&to=2`)).items).toEqual([]);
    expect((await system.get(`${CELLS_DATASET}/frames/${id}`)).labels[0]).toMatchObject({ class: other, since: 2 });
  }, 60_000);

  it('is read at every version: by number, tag and time', async () => {
    const { frame_id, frame } = firstFrame();
    const label = frame.labels[0]!;
    await system.ok('PUT', `${CELLS_DATASET}/tags/gold`, { json: { version: 1 } });
    const [second, first] = (await system.all(`${CELLS_DATASET}/versions`)) as [Body, Body];
    expect(first).toMatchObject({ version: 1, tags: ['gold'], kind: 'STREAMING' });
    const classAt = async (version: string): Promise<string> =>
      (await system.get(`${CELLS_DATASET}/frames/${frame_id}?version=${encodeURIComponent(version)}`)).labels[0]!.class;
    for (const version of ['1', 'gold', first.created_at])
      expect([version, await classAt(version)]).toEqual([version, label.class]);
    for (const version of ['2', 'latest', second.created_at])
      expect([version, await classAt(version)]).toEqual([version, await classAt('2')]);
    expect(await classAt('2')).not.toBe(label.class);
    const early = new Date(Date.parse(first.created_at) - 1).toISOString();
    expect(await system.send('GET', `${CELLS_DATASET}/frames/${frame_id}?version=${early}`)).toMatchObject({
      status: 404,
      body: { code: 'no_version_at_time' },
    });
  });

  it('is rolled back to the very same content', async () => {
    const { upload_id } = (await system.ok('POST', `${CELLS_DATASET}/rollback`, { json: { to: 'gold' } })).body;
    expect(await system.ended(CELLS_DATASET, upload_id)).toMatchObject({
      kind: 'ROLLBACK',
      state: 'DONE',
      first_version: 3,
      counts: { applied: 1 },
    });
    expect(await hashOf(CELLS_DATASET, 3)).toBe(await hashOf(CELLS_DATASET, 1));
    expect(await hashOf(CELLS_DATASET, 2)).not.toBe(await hashOf(CELLS_DATASET, 1));
    for (const version of [1, 2, 3])
      expect((await system.ok('POST', `${CELLS_DATASET}/verify`, { json: { version } })).body).toMatchObject({
        version,
        ok: true,
        frames,
        mismatched: [],
      });
  }, 60_000);

  it('can be exported at an old version and submitted elsewhere, to the same hash', async () => {
    const { text, headers } = await system.ok('GET', `${CELLS_DATASET}/export?version=2&format=ndjson`);
    expect(headers.get('content-type')).toContain('application/x-ndjson');
    await system.ok('POST', `${P}/datasets`, { json: { id: 'copy' } });
    expect(await system.upload(`${P}/datasets/copy`, text.trimEnd().split('\n'))).toMatchObject({
      state: 'DONE',
      counts: { applied: frames },
    });
    expect(await hashOf(`${P}/datasets/copy`, 'latest')).toBe(await hashOf(CELLS_DATASET, 2));
  }, 60_000);
});

describe('the same as a BATCH', () => {
  const BATCH = `${P}/datasets/whole`;

  it('leaves nothing when one item is bad', async () => {
    await system.ok('POST', `${P}/datasets`, { json: { id: 'whole', mode: 'BATCH' } });
    const [, [, bad]] = BROKEN as [unknown, [unknown, string]];
    const refused = await system.upload(BATCH, [...good, bad]);
    expect(refused).toMatchObject({
      kind: 'BATCH',
      state: 'FAILED',
      error: { code: 'batch_refused' },
      counts: { applied: 0, failed: 1, not_applied: frames },
      first_version: null,
    });
    expect(await system.get(BATCH)).toMatchObject({ head: 0, counts: { frames: 0, labels: 0 } });
    expect((await system.get(`${BATCH}/frames`)).items).toEqual([]);
    expect(await system.all(`${BATCH}/versions`)).toEqual([]);
    const [error] = await system.all(`${BATCH}/uploads/${refused.upload_id}/errors`);
    expect(error).toMatchObject({ item: frames, line: frames + 1, code: 'unknown_class', path: 'labels[1].class' });
  }, 60_000);

  it('is one version of the same hash when all are good, and then immutable', async () => {
    expect(await system.upload(BATCH, good)).toMatchObject({
      state: 'DONE',
      counts: { applied: frames },
      first_version: 1,
      last_version: 1,
    });
    expect(await hashOf(BATCH, 1)).toBe(await hashOf(CELLS_DATASET, 1));
    const [version, ...more] = await system.all(`${BATCH}/versions`);
    expect([version?.kind, version?.counts.added, more]).toEqual(['BATCH', frames, []]);
    const immutable = { status: 409, body: { code: 'dataset_immutable' } };
    expect(await system.send('POST', `${BATCH}/uploads`, { json: {} })).toMatchObject(immutable);
    expect(await system.send('POST', `${BATCH}/uploads`, { json: { mode: 'STREAMING' } })).toMatchObject(immutable);
    expect(await system.send('PUT', `${BATCH}/frames/x`, { json: { sensor_data: [] } })).toMatchObject(immutable);
    expect(await system.send('POST', `${BATCH}/rollback`, { json: { to: 0 } })).toMatchObject(immutable);
    expect(await system.get(BATCH)).toMatchObject({ head: 1, counts: { frames } });
  }, 60_000);
});

function firstFrame(): { frame_id: string; frame: { labels: Box[] } } {
  const found = good
    .map((line) => JSON.parse(line) as { frame_id: string; frame: { labels: Box[] } })
    .find(({ frame }) => frame.labels.length > 0);
  if (!found) throw new Error('No frame has a label');
  return found;
}
