import type { Response } from 'supertest';
import { inferenceSetName } from '../../store/inference-sets';
import type { Sent } from './api-harness';
import { put, TestApi } from './api-harness';
import { callV1 } from './v1-call';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('v1-datasets');
  await api.upload(await api.dataset('p', 'd'), [put('a'), put('b')]);
});
afterAll(() => api.stop());
afterEach(() => api.restore());

const call = (method: string, path: string, sent?: Sent) => callV1(api, method, path, sent);
const read = async (path: string) => (await call('GET', path)).body as Record<string, unknown>;
const ids = async (path: string) => ((await call('GET', path)).body as { id: string }[]).map(({ id }) => id);

/** Makes an inference set; answers its full name. */
async function newSet(base: string, name: string): Promise<string> {
  const { key } = await api.store.datasets.get('p', base);
  return (await api.store.inferenceSets.open(key, name)).dataset;
}

describe('GET a dataset', () => {
  it('says what the client reads of it, and what its user may want to know', async () => {
    expect(await read('/projects/p/datasets/d')).toEqual({
      id: 'd',
      project: 'p',
      archived: false,
      external_metadata: {},
      is_streaming: true,
      is_unlabeled_indexed_dataset: false,
      ingest_agg_windows: [],
      bbox_metrics_metadata: null,
      object_metadata_schema: [],
      immutable: false,
      head: 1,
      num_frames: 2,
      num_labels: 2,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
  });

  it('tells a batch dataset, unlabeled ones by their generation, and an inference set', async () => {
    await api.dataset('p', 'batch', 'BATCH');
    expect(await read('/projects/p/datasets/batch')).toMatchObject({ is_streaming: false, head: 0, num_frames: 0 });
    for (const unlabeled of [1, 2] as const) {
      await api.store.datasets.create({ project: 'p', dataset: `un${unlabeled}`, mode: 'STREAMING', unlabeled });
      expect(await read(`/projects/p/datasets/un${unlabeled}`)).toMatchObject({
        is_unlabeled_indexed_dataset: true,
        unlabeled_dataset_version: unlabeled,
      });
    }
    const set = await newSet('d', 'model');
    expect(set).toBe('inferences_d_model');
    expect(await read(`/projects/p/datasets/${set}`)).toMatchObject({
      id: set,
      inferences_id: 'model',
      base_dataset: 'd',
      base_version: 1,
    });
  });
});

describe('GET the datasets', () => {
  it('lists all of a project, inference sets under their full names, over many pages', async () => {
    await api.post('/projects', { id: 'lists', label_classes: [] });
    const names = Array.from({ length: 130 }, (_, n) => `d${String(n).padStart(3, '0')}`);
    for (const dataset of names) await api.store.datasets.create({ project: 'lists', dataset, mode: 'STREAMING' });
    const { key } = await api.store.datasets.get('lists', 'd000');
    await api.store.inferenceSets.open(key, 'm');
    const all = [...names, inferenceSetName('d000', 'm')];
    expect(await ids('/projects/lists/datasets')).toEqual(all);
    await call('DELETE', '/projects/lists/datasets/d007');
    expect(await ids('/projects/lists/datasets')).toEqual(all.filter((id) => id !== 'd007'));
    for (const flag of ['True', 'true']) {
      expect(await ids(`/projects/lists/datasets?include_archived=${flag}`)).toEqual(all);
    }
    expect(await ids('/projects/lists/datasets?include_archived=False')).toHaveLength(all.length - 1);
  });

  it('is an empty list for a project without any', async () => {
    await api.post('/projects', { id: 'empty', label_classes: [] });
    expect((await call('GET', '/projects/empty/datasets')).text).toBe('[]');
  });

  it('is cut off when it cannot be finished, so that a part is not taken for the whole', async () => {
    const real = api.store.datasets.list;
    let pages = 0;
    api.replace('datasets', 'list', (project, { limit }) => {
      // By then more than one piece of text is on its way.
      if (++pages > 4) throw new Error('gone');
      return real(project, { limit });
    });
    await expect(call('GET', '/projects/lists/datasets')).rejects.toThrow();
  });
});

describe('DELETE a dataset', () => {
  let path: string;
  let answers: { name: string; answer: () => Promise<Response> }[];
  let open: string;
  beforeAll(async () => {
    path = await api.dataset('p', 'old');
    await api.upload(path, [put('a')]);
    open = ((await api.post(`${path}/uploads`, {})).body as { upload_id: string }).upload_id;
    const items = { raw: JSON.stringify(put('c')), headers: { 'content-type': 'application/x-ndjson' } };
    await api.call('POST', `${path}/uploads/${open}/items`, items);
    // So that an upload of single writes is open.
    await api.call('PUT', `${path}/frames/b?wait=10s`, { body: { sensor_data: [] } });
    const schema = [{ name: 'k', type: 'STRING' }];
    answers = [
      { name: 'an upload', answer: () => api.post(`${path}/uploads`, {}) },
      { name: 'a batch', answer: () => api.post(`${path}/uploads`, { mode: 'BATCH' }) },
      { name: 'items', answer: () => api.call('POST', `${path}/uploads/${open}/items`, items) },
      { name: 'a single write', answer: () => api.call('PUT', `${path}/frames/b`, { body: { sensor_data: [] } }) },
      { name: 'a rollback', answer: () => api.post(`${path}/rollback`, { to: 0 }) },
      { name: 'a tag', answer: () => api.call('PUT', `${path}/tags/t`, { body: { version: 1 } }) },
      { name: 'metadata', answer: () => call('POST', `${path}/metadata`, { body: { external_metadata: {} } }) },
      { name: 'a schema', answer: () => call('POST', `${path}/object_metadata_schema`, { body: { schema } }) },
    ];
    for (const _time of [1, 2]) expect((await call('DELETE', path)).body).toEqual({});
  });

  it('takes it out of the plain listing', async () => {
    expect(await ids('/projects/p/datasets')).not.toContain('old');
    expect(await ids('/projects/p/datasets?include_archived=True')).toContain('old');
    expect((await api.get('/projects/p/datasets')).body.items).toContainEqual(
      expect.objectContaining({ id: 'old', archived: true }),
    );
    expect((await call('GET', `${path}/is_archived`)).body).toEqual({ archived: true });
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('ends its writes (%i)', async (index) => {
    const { name, answer } = answers[index]!;
    const { status, body } = await answer();
    expect({ name, status, code: (body as { code: string }).code }).toEqual({
      name,
      status: 409,
      code: 'dataset_archived',
    });
  });

  it('keeps it readable, and what was submitted before still commits', async () => {
    await api.post(`${path}/uploads/${open}/close`);
    expect(await api.ended(path, open)).toMatchObject({ state: 'DONE', counts: { received: 1, applied: 1 } });
    const frames = (await api.get(`${path}/frames`)).body.items as { frame_id: string }[];
    expect(frames.map(({ frame_id }) => frame_id)).toEqual(['a', 'b', 'c']);
    expect(await read(path)).toMatchObject({ archived: true, num_frames: 3 });
  });

  it('keeps its inference sets readable, and makes no new ones', async () => {
    await api.dataset('p', 'base');
    const set = await newSet('base', 'm');
    await call('DELETE', '/projects/p/datasets/base');
    expect(await read(`/projects/p/datasets/${set}`)).toMatchObject({ archived: false, base_version: 0 });
    await expect(newSet('base', 'n')).rejects.toMatchObject({ code: 'dataset_archived' });
  });

  it('works for an inference set by its full name', async () => {
    const set = await newSet('d', 'gone');
    await call('DELETE', `/projects/p/datasets/${set}`);
    expect((await call('GET', `/projects/p/datasets/${set}/is_archived`)).body).toEqual({ archived: true });
  });

  it('needs a dataset', async () => {
    expect(await call('DELETE', '/projects/p/datasets/nobody')).toMatchObject({
      status: 422,
      body: { code: 'dataset_not_found' },
    });
  });
});

describe('is_archived', () => {
  it.each(['d', 'nobody', 'model', '$ne', 'a.b', '%20', '__proto__'])('is no for %s', async (name) => {
    const answer = await call('GET', `/projects/p/datasets/${name}/is_archived`);
    expect([answer.status, answer.body]).toEqual([200, { archived: false }]);
  });
});

describe('POST .../metadata', () => {
  it('replaces the metadata of a dataset and of an inference set', async () => {
    const set = await newSet('d', 'named');
    for (const name of ['d', set]) {
      for (const external_metadata of [{ a: { 'b.c': [1.5, null] } }, { $set: 1 }]) {
        const path = `/projects/p/datasets/${name}`;
        expect((await call('POST', `${path}/metadata`, { body: { external_metadata } })).body).toEqual({});
        expect((await read(path)).external_metadata).toEqual(external_metadata);
      }
    }
  });

  it('needs a dataset', async () => {
    const body = { external_metadata: {} };
    expect((await call('POST', '/projects/p/datasets/named/metadata', { body })).body.code).toBe('dataset_not_found');
  });
});

describe('object_metadata_schema', () => {
  let path: string;
  beforeAll(async () => {
    path = await api.dataset('p', 'typed');
  });
  const declare = (schema: unknown) => call('POST', `${path}/object_metadata_schema`, { body: { schema } });
  const declared = async () => (await call('GET', `${path}/object_metadata_schema`)).body as unknown;

  it('starts empty, grows, and keeps what it has', async () => {
    expect(await declared()).toEqual([]);
    const first = [
      { name: 'width', type: 'INTEGER' },
      { name: 'tags', type: 'ARRAY<STRING>' },
    ];
    for (const _time of [1, 2]) expect((await declare(first)).body).toEqual({});
    await declare([{ name: 'user__mood', type: 'STRING' }]);
    const all = [...first, { name: 'mood', type: 'STRING' }];
    expect(await declared()).toEqual(all);
    expect((await read(path)).object_metadata_schema).toEqual(all);
    expect((await api.get(path)).body.schema).toEqual({
      metadata: {},
      label_metadata: { width: 'INTEGER', tags: 'ARRAY<STRING>', mood: 'STRING' },
    });
  });

  it('changes no type', async () => {
    const before = await declared();
    const answer = await declare([
      { name: 'new', type: 'BOOL' },
      { name: 'width', type: 'STRING' },
    ]);
    expect(answer).toMatchObject({ status: 409, body: { code: 'metadata_type_fixed' } });
    expect(answer.body.message).toContain('"width" is INTEGER and cannot become STRING');
    expect(await declared()).toEqual(before);
  });

  it('holds label metadata from then on to its types', async () => {
    const label = (metadata: object) => ({
      labels: [
        { label_id: 'l', type: 'BBOX_2D', class: 'WBC', geometry: { left: 0, top: 0, width: 1, height: 1 }, metadata },
      ],
    });
    const upload = await api.upload(path, [
      put('good', label({ width: 3, tags: [], free: { a: [null] }, mood: null })),
      put('bad', label({ width: 'wide' })),
      { op: 'patch', frame_id: 'good', frame: { labels: { merge: [{ label_id: 'l', metadata: { width: 0.5 } }] } } },
    ]);
    expect(await api.ended(path, upload)).toMatchObject({ state: 'PARTIAL', counts: { applied: 1, failed: 2 } });
    const { items } = (await api.get(`${path}/uploads/${upload}/errors`)).body as { items: object[] };
    expect(items).toMatchObject([
      { code: 'wrong_metadata_type', path: 'labels[0].metadata.width', label_id: 'l' },
      { code: 'wrong_metadata_type', path: 'labels.merge[0].metadata.width', label_id: 'l' },
    ]);
    // A version that is published keeps the declaration.
    expect(await declared()).toHaveLength(3);
  });

  it.each<[string, unknown]>([
    ['no list', { name: 'a', type: 'STRING' }],
    ['an operator as name', [{ name: { $gt: '' }, type: 'STRING' }]],
    ['a name that begins like an operator', [{ name: '$where', type: 'STRING' }]],
    ['a name with a dot', [{ name: 'a.b', type: 'STRING' }]],
    ['a prototype as name', [{ name: '__proto__', type: 'STRING' }]],
    ['an empty name', [{ name: '', type: 'STRING' }]],
    ['a type that is not known', [{ name: 'a', type: 'ARRAY<ARRAY<STRING>>' }]],
    [
      'two types of one field',
      [
        { name: 'a', type: 'STRING' },
        { name: 'user__a', type: 'BOOL' },
      ],
    ],
    ['a field too much', Array.from({ length: 2_001 }, (_, n) => ({ name: `f${n}`, type: 'STRING' }))],
  ])('refuses %s', async (_name, schema) => {
    expect(await declare(schema)).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
  });

  it('needs a dataset', async () => {
    const nobody = '/projects/p/datasets/nobody/object_metadata_schema';
    expect((await call('GET', nobody)).body.code).toBe('dataset_not_found');
    expect((await call('POST', nobody, { body: { schema: [] } })).body.code).toBe('dataset_not_found');
  });
});
