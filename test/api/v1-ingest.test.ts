import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { PUBLIC_URL, TestApi } from './api-harness';
import { callV1 } from './v1-call';

let api: TestApi;
let project: string;
let counter = 0;

beforeAll(async () => {
  api = await TestApi.start('v1_ingest');
});
afterAll(() => api.stop());
beforeEach(async () => {
  project = `p${++counter}`;
  await api.post('/projects', { id: project, label_classes: ['cat', 'dog'] });
});
afterEach(() => api.restore());

const v1 = (method: string, path: string, body?: unknown) => callV1(api, method, path, { body });

/** A file as the client uploads it; answers its download URL. */
async function file(
  content: string | Uint8Array,
  name = 'U_frame_data_batch_000001.jsonl',
  of = project,
): Promise<string> {
  const { objects } = api.store;
  const { object_id, upload_token } = await objects.create({ project: of, dataset: 'd', filename: name, kind: 'FILE' });
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  await objects.putWhole(upload_token, once(bytes), bytes.length);
  return `${PUBLIC_URL}/objects/${object_id}`;
}

/** A file that pyarrow wrote. */
const arrowFile = (name: string): Promise<Buffer> =>
  readFile(join(__dirname, '..', 'activities', 'arrow-files', `${name}-pyarrow14.arrow`));

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

const lines = (rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const frameRow = (task_id: string, more: object = {}): object => ({
  task_id,
  date_captured: '2024-01-02T03:04:05+00:00',
  device_id: 'd',
  coordinate_frames: [],
  sensor_data: [],
  geo_data: {},
  reuse_latest_embedding: false,
  change: 'ADD',
  user_metadata_types: {},
  user_metadata_modes: {},
  ...more,
});

const box = (uuid: string, label = 'cat', more: object = {}): object => ({
  uuid,
  label_type: 'BBOX_2D',
  label,
  label_coordinate_frame: 'DEFAULT',
  attributes: { top: 1, left: 2.5, width: 3, height: 4 },
  reuse_latest_embedding: false,
  change: 'ADD',
  ...more,
});
const cropRow = (task_id: string, labels: object[] = []): object => ({ task_id, type: 'GT', label_data: labels });

interface Files {
  frame: string[];
  crop: string[];
  frame_embeddings?: string[];
  crop_embeddings?: string[];
}

const ingest = (data_url: Files | string[], more: object = {}) =>
  v1('POST', `/projects/${project}/datasets`, { dataset_id: 'd', data_url, upload_version: 'v1', ...more });

const filesOf = async (frames: object[], crops: object[]): Promise<Files> => ({
  frame: [await file(lines(frames))],
  crop: [await file(lines(crops), 'U_crop_data_batch_000001.jsonl')],
});

/** Waits as the client does, and answers what the windows came to. */
async function windows(version = 'v1', dataset = 'd'): Promise<string[]> {
  let statuses: string[] = [];
  await eventually(async () => {
    const path = `/streaming/projects/${project}/datasets/${dataset}/upload_version/${version}/windows`;
    statuses = ((await v1('GET', path)).body as { status: string }[]).map(({ status }) => status);
    expect(statuses.length).toBeGreaterThan(0);
    expect(statuses).not.toContain('PROCESSING');
  });
  return statuses;
}

const dataset = (name = 'd') => `/projects/${project}/datasets/${name}`;
const frame = async (id: string, query = '', name = 'd') =>
  (await api.get(`${dataset(name)}/frames/${id}${query}`)).body;

describe('an ingest of files', () => {
  it('makes frames with their labels, and says so by its windows', async () => {
    const files = await filesOf(
      [
        frameRow('f1', {
          user__n: 1,
          user_metadata_types: { user__n: 'int' },
          user_metadata_modes: { user__n: 'scalar' },
        }),
        frameRow('f2'),
      ],
      [cropRow('f1', [box('b1')]), cropRow('f2')],
    );
    expect((await ingest(files)).status).toBe(200);
    expect(await windows()).toEqual(['DONE']);
    expect(await frame('f1')).toMatchObject({
      metadata: { n: 1 },
      labels: [
        { label_id: 'b1', class: 'cat', geometry: { left: 2.5, top: 1, width: 3, height: 4 }, sensor_id: 'DEFAULT' },
      ],
    });
    expect((await api.get(dataset())).body).toMatchObject({ head: 1, schema: { metadata: { n: 'INTEGER' } } });
    expect((await api.get(`${dataset()}/uploads`)).body).toMatchObject({
      items: [{ kind: 'STREAMING', state: 'DONE', external_id: 'v1', counts: { received: 2, applied: 2 } }],
    });
    expect((await v1('GET', `${dataset()}/is_processed`)).body).toEqual({ processed: true });
    expect((await v1('GET', `${dataset()}/process_state`)).body).toEqual({ current_state: 'DONE', percent_done: 100 });
  });

  it('is the same ingest when it is sent again, with a name or without', async () => {
    const files = await filesOf([frameRow('f1')], [cropRow('f1')]);
    await Promise.all([ingest(files), ingest(files), ingest(files)]);
    await ingest(files);
    await Promise.all([ingest(files, { upload_version: null }), ingest(files, { upload_version: null })]);
    const { items } = (await api.get(`${dataset()}/uploads`)).body as { items: object[] };
    expect(items).toHaveLength(2);
  });

  it('commits the good rows and tells of the bad ones', async () => {
    const frames = `${lines([frameRow('f1')])}{"task_id": "f2", \n${lines([frameRow('f3'), { ...frameRow('x'), task_id: undefined }])}`;
    const crops = lines([cropRow('f1', [box('b1', 'cow')]), cropRow('f3', [box('b3')])]);
    await ingest({ frame: [await file(frames)], crop: [await file(crops)] });
    expect(await windows()).toEqual(['WINDOW_ERRORED']);
    expect((await api.get(dataset())).body).toMatchObject({ head: 1, counts: { frames: 1, labels: 1 } });
    const log = (await v1('GET', `${dataset()}/ingest_error_logs`)).body as { msg: string; code: string }[];
    expect(log.map(({ code }) => code).sort()).toEqual(['invalid_json', 'missing_field', 'unknown_class']);
    expect(log.find(({ code }) => code === 'unknown_class')).toMatchObject({
      aquarium_dataflow_step: 'item',
      frame_id: 'f1',
      label_id: 'b1',
      upload_version: 'v1',
      msg: expect.stringMatching(/^frame f1, labels\[0\]\.class: Expected a class of the project/) as string,
    });
  });

  it('takes vectors from Arrow files and keeps those that are to be used again', async () => {
    const files = {
      ...(await filesOf([frameRow('f1')], [cropRow('f1', [box('b1'), box('b2')])])),
      frame_embeddings: [await file(await arrowFile('frames'), 'U_frame_embeddings_batch_000001.arrow')],
      crop_embeddings: [await file(await arrowFile('crops'), 'U_crop_embeddings_batch_000001.arrow')],
    };
    await ingest(files, { frame_model_version: 'fm', crop_model_version: 'cm' });
    expect(await windows()).toEqual(['DONE']);
    const vectors = {
      embedding: { model: 'fm', vector: [0.25, -0.5, 1] },
      labels: [
        { label_id: 'b1', embedding: { model: 'cm', vector: [0.5, 1] } },
        { label_id: 'b2', embedding: { model: 'cm', vector: [2, 3] } },
      ],
    };
    expect(await frame('f1', '?embeddings=true')).toMatchObject(vectors);
    const kept = { reuse_latest_embedding: true };
    const again = await filesOf(
      [frameRow('f1', { ...kept, device_id: 'other' })],
      [cropRow('f1', [box('b1', 'dog', kept), box('b2', 'dog', kept)])],
    );
    await ingest(again, { upload_version: 'v2' });
    expect(await windows('v2')).toEqual(['DONE']);
    expect(await frame('f1', '?embeddings=true')).toMatchObject({ ...vectors, device_id: 'other' });
  });

  it('keeps the order in which ingests were posted, whatever their size', async () => {
    const large = await filesOf(
      Array.from({ length: 3_000 }, (_, n) => frameRow(`f${n}`, { device_id: 'first' })),
      Array.from({ length: 3_000 }, (_, n) => cropRow(`f${n}`)),
    );
    const small = await filesOf([frameRow('f2999', { device_id: 'second' })], [cropRow('f2999')]);
    const first = ingest(large, { upload_version: 'a' });
    await eventually(async () => expect((await api.get(`${dataset()}/uploads`)).status).toBe(200));
    await eventually(async () =>
      expect(((await api.get(`${dataset()}/uploads`)).body as { items: [] }).items).toHaveLength(1),
    );
    await Promise.all([first, ingest(small, { upload_version: 'b' })]);
    await windows('b');
    expect(await frame('f2999')).toMatchObject({ device_id: 'second' });
  });
});

describe('files that are no such files', () => {
  const frames = () => file(lines([frameRow('f1')]));
  const crops = () => file(lines([cropRow('f1')]));
  const cases: [string, () => Promise<Files | string[]>, RegExp][] = [
    [
      'no JSON lines',
      async () => ({ frame: [await file('PK\u0003\u0004')], crop: [await crops()] }),
      /does not begin with "\{"/,
    ],
    [
      'no Arrow',
      async () => ({ frame: [await frames()], crop: [await crops()], frame_embeddings: [await file('nothing')] }),
      /does not begin with ARROW1/,
    ],
    [
      'a truncated Arrow file',
      async () => {
        const whole = await arrowFile('frames');
        return {
          frame: [await frames()],
          crop: [await crops()],
          frame_embeddings: [await file(whole.subarray(0, whole.length >> 1), 'x.arrow')],
        };
      },
      /x\.arrow is (cut off|damaged)/,
    ],
    [
      'fewer label files than frame files',
      async () => ({ frame: [await frames(), await frames()], crop: [await crops()] }),
      /a crop file for each of the 2/,
    ],
    ['none', () => Promise.resolve({ frame: [], crop: [] }), /at least one file of rows/],
    [
      'at a foreign URL',
      async () => ({ frame: ['https://example.org/a.jsonl'], crop: [await crops()] }),
      /a download_url of this server/,
    ],
    [
      'of no object',
      async () => ({ frame: [`${PUBLIC_URL}/objects/${randomUUID()}`], crop: [await crops()] }),
      /a file uploaded to project/,
    ],
    [
      'of another project',
      async () => ({ frame: [await file(lines([frameRow('f1')]), 'a.jsonl', 'other')], crop: [await crops()] }),
      /a file uploaded to project/,
    ],
    [
      'at a host that nobody allowed',
      () => Promise.resolve(['https://example.org/a.jsonl']),
      /Files from example\.org, as in data_url\[0\], are not allowed/,
    ],
    ['at no URL', () => Promise.resolve(['file:///etc/passwd']), /an http or https URL/],
    [
      'in an upload that is not complete',
      async () => {
        const { object_id } = await api.store.objects.create({
          project,
          dataset: 'd',
          filename: 'a.jsonl',
          kind: 'FILE',
        });
        return { frame: [`${PUBLIC_URL}/objects/${object_id}`], crop: [await crops()] };
      },
      /is not complete/,
    ],
  ];
  it.each(cases)('%s are refused with a sentence', async (_what, files, message) => {
    const answer = await ingest(await files());
    expect(answer.status).toBe(422);
    expect((answer.body as { message: string }).message).toMatch(message);
  });

  it('leave an upload that failed, of which nothing was applied', async () => {
    await ingest({ frame: [await file('PK')], crop: [await crops()] });
    expect(await windows()).toEqual(['WINDOW_ERRORED']);
    const log = (await v1('GET', `${dataset()}/ingest_error_logs`)).body as object[];
    expect(log).toMatchObject([{ aquarium_dataflow_step: 'upload', code: 'unreadable_file' }]);
    expect((await v1('GET', `${dataset()}/process_state`)).body).toMatchObject({ current_state: 'FAILED' });
  });
});

describe('a dataset', () => {
  it('of a list of files is filled once, all or nothing', async () => {
    const row = (id: string, label: string) => ({ ...frameRow(id), label_data: [box(`b-${id}`, label)] });
    await ingest([await file(lines([row('f1', 'cat'), row('f2', 'cow')]))], { upload_version: undefined });
    await eventually(async () =>
      expect((await v1('GET', `${dataset()}/process_state`)).body).toMatchObject({ current_state: 'FAILED' }),
    );
    expect((await api.get(dataset())).body).toMatchObject({ head: 0, mode: 'BATCH', immutable: false });
    await ingest([await file(lines([row('f1', 'cat'), row('f2', 'dog')]))], { upload_version: undefined });
    await eventually(async () =>
      expect((await v1('GET', `${dataset()}/is_processed`)).body).toEqual({ processed: true }),
    );
    expect((await v1('GET', `${dataset()}/process_step_status`)).body).toEqual({
      process_step_statuses: { normalize: { status: 'DONE' } },
    });
    const refused = await ingest(await filesOf([frameRow('f3')], [cropRow('f3')]));
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'dataset_immutable' });
  });

  it('that is archived takes no upload', async () => {
    await ingest(await filesOf([frameRow('f1')], [cropRow('f1')]));
    await windows();
    await v1('DELETE', dataset());
    const refused = await ingest(await filesOf([frameRow('f2')], [cropRow('f2')]), { upload_version: 'v2' });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'dataset_archived' });
  });

  it('is not needed for its state to be asked', async () => {
    expect((await v1('GET', `${dataset('none')}/is_processed`)).body).toEqual({ processed: false });
    expect((await v1('GET', `${dataset('none')}/process_state`)).body).toEqual({
      current_state: 'NOT_STARTED',
      percent_done: 0,
    });
    expect((await v1('GET', `${dataset('none')}/ingest_error_logs`)).body).toEqual([]);
    expect((await v1('GET', `/streaming/projects/${project}/datasets/none/upload_version/v/windows`)).body).toEqual([]);
    expect((await v1('GET', `${dataset('none')}/inferences/i/is_processed`)).body).toEqual({ processed: false });
  });
});

describe('inferences', () => {
  const row = (id: string, labels: object[]) => ({
    ...frameRow(id),
    inference_data: labels,
    label_data: labels,
    inference_metadata: { user_metadata: { m: 'v' } },
  });
  const inferences = async (rows: object[], more: object = {}) =>
    v1('POST', `${dataset()}/inferences`, {
      inferences_id: 'i',
      data_url: [await file(lines(rows))],
      upload_version: 'i1',
      ...more,
    });

  it('become a set of its own, pinned to its base', async () => {
    await ingest(await filesOf([frameRow('f1')], [cropRow('f1')]));
    const answer = await inferences(
      [row('f1', [box('x', 'dog', { attributes: { top: 1, left: 1, width: 1, height: 1, confidence: 0.5 } })])],
      { external_metadata: { a: 1 } },
    );
    expect(answer.status).toBe(200);
    expect(await windows('i1', 'inferences_d_i')).toEqual(['DONE']);
    expect((await api.get(dataset('inferences_d_i'))).body).toMatchObject({
      inference: { base: 'd', name: 'i', base_version: 1 },
    });
    expect((await api.get(`${dataset('inferences_d_i')}/versions/1`)).body).toMatchObject({ base_version: 1 });
    const stored = (await frame('f1', '', 'inferences_d_i')) as { labels: object[] };
    expect(stored).toMatchObject({ metadata: { m: 'v' }, labels: [{ label_id: 'x', class: 'dog', confidence: 0.5 }] });
    expect((await v1('GET', `${dataset()}/inferences/i/is_processed`)).body).toEqual({ processed: true });
    expect((await v1('GET', `${dataset()}/inferences/i/process_state`)).body).toMatchObject({ current_state: 'DONE' });
    expect((await api.call('DELETE', dataset())).body).toMatchObject({ code: 'dataset_pinned' });
  });

  it('are refused without a base, and under a name that is none', async () => {
    expect((await inferences([row('f1', [])])).body).toMatchObject({ code: 'dataset_not_found' });
    await ingest(await filesOf([frameRow('f1')], [cropRow('f1')]));
    expect((await inferences([row('f1', [])], { inferences_id: 'a/b' })).body).toMatchObject({ code: 'invalid_id' });
    expect((await inferences([row('f1', [])], { inferences_id: { $ne: '' } })).status).toBe(422);
    expect((await v1('POST', `${dataset('inferences_d_i')}/inferences`, {})).status).toBe(422);
  });
});

describe('an unlabeled dataset of the second generation', () => {
  it('is made first and filled by files of whole rows', async () => {
    const made = await v1('POST', `/projects/${project}/datasets/unlabeled_v2`, {
      dataset_name: 'u',
      external_metadata: { a: 2 },
    });
    expect(made.status).toBe(200);
    const row = { ...frameRow('f1'), type: 'Inference', label_data: [box('b')] };
    const upload = { dataset_name: 'u', data_url: [await file(lines([row]))], file_summaries: [{}, {}] };
    expect((await v1('POST', `/projects/${project}/datasets/unlabeled_v2/u/upload`, upload)).status).toBe(200);
    await eventually(async () =>
      expect((await v1('GET', `${dataset('u')}/is_processed`)).body).toEqual({ processed: true }),
    );
    expect((await v1('GET', `${dataset('u')}/frame_ids/LATEST`)).body).toEqual(['f1']);
    expect((await v1('GET', dataset('u'))).body).toMatchObject({
      is_unlabeled_indexed_dataset: true,
      unlabeled_dataset_version: 2,
      external_metadata: { a: 2 },
    });
  });
});
