import type { Sent } from './api-harness';
import { TestApi } from './api-harness';
import { callV1 } from './v1-call';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('v1-projects');
});
afterAll(() => api.stop());
afterEach(() => api.restore());

const call = (method: string, path: string, sent?: Sent) => callV1(api, method, path, sent);
const create = (project_id: string, more: object = {}) =>
  call('POST', '/projects', { body: { project_id, label_class_map: [CAT, DOG], ...more } });
const read = async (project: string) => (await call('GET', `/projects/${project}`)).body as Record<string, unknown>;

/** A class as the client sends it. */
const entry = (name: string, id: number, color: number[]) => ({
  name,
  id,
  train_name: name,
  train_id: id,
  category: name,
  category_id: id,
  has_instances: true,
  ignore_in_eval: false,
  color,
  train_color: color,
  keypoint_names: null,
  skeleton: null,
});
const CAT = entry('cat', 0, [31, 119, 180]);
const DOG = entry('dog', 1, [1, 2, 3]);
const COW = { ...entry('cow', 7, [4, 5, 6]), keypoint_names: ['a', 'b'], skeleton: [[0, 1]], train_name: '' };

describe('POST /projects', () => {
  const EVERYTHING = {
    primary_task: 'BINARY_CLASSIFICATION',
    binary_classification_negative_class: 'cat',
    secondary_labels: [{ name: 'color', label_class_map: [CAT], 'dotted.key': { $set: 1 } }],
    frame_links: ['a'],
    label_links: ['b', 'c'],
    default_camera_target: [0, 0.5, -1],
    default_camera_position: [1, 2, 3],
    custom_metrics: [{ name: 'm', metrics_type: 'objective' }],
    stratified_metrics: [{ name: 's', ordered_values: ['x', 'y'] }],
    max_shown_categories: 12,
    include_no_gt: false,
    confidence_threshold: 0.25,
    iou_threshold: 0.75,
    external_metadata: { owner: 'me', $where: '1', 'a.b': [null, 1.5], '\ud800': '\u0000' },
  };

  it('makes a project that gives back every field under its name', async () => {
    expect((await create('full', EVERYTHING)).status).toBe(200);
    const expected = { id: 'full', label_class_map: [CAT, DOG], archived: false, ...EVERYTHING };
    expect(await read('full')).toEqual({ ...expected, created_at: expect.any(String) });
    const native = (await api.get('/projects/full')).body as { label_classes: object[] };
    expect(native).toMatchObject({ primary_task: 'BINARY_CLASSIFICATION', archived: false });
    expect(native.label_classes[0]).toMatchObject({ name: 'cat', id: 0, train_id: 0 });
  });

  it('keeps the digits of long integers in metadata', async () => {
    const raw =
      '{"project_id":"long","label_class_map":[{"name":"a","id":0}],"external_metadata":{"n":12345678901234567891}}';
    await call('POST', '/projects', { raw, headers: { 'content-type': 'application/json' } });
    expect((await call('GET', '/projects/long')).text).toContain('"external_metadata":{"n":12345678901234567891}');
  });

  it('takes null for nothing, and says detection where no task was given', async () => {
    const nothing = Object.fromEntries(Object.keys(EVERYTHING).map((key) => [key, null]));
    await create('bare', nothing);
    expect(await read('bare')).toEqual({
      id: 'bare',
      label_class_map: [CAT, DOG],
      primary_task: '2D_OBJECT_DETECTION',
      external_metadata: {},
      archived: false,
      created_at: expect.any(String),
    });
  });

  it('keeps a task of any name', async () => {
    await create('own_task', { primary_task: 'COUNT_SHEEP' });
    expect(await read('own_task')).toMatchObject({ primary_task: 'COUNT_SHEEP' });
  });

  it('is harmless when repeated, also all at once', async () => {
    await Promise.all([1, 2, 3, 4].map(() => create('again', EVERYTHING)));
    const before = await read('again');
    expect((await create('again', EVERYTHING)).status).toBe(200);
    expect(await read('again')).toEqual(before);
  });

  it('appends classes to a project that is there, whose classes keep their ids and colours', async () => {
    await create('append', { external_metadata: { a: 1 }, iou_threshold: 0.3 });
    await create('append', { label_class_map: [COW, { ...CAT, color: [9, 9, 9] }], confidence_threshold: 0.2 });
    expect(await read('append')).toMatchObject({
      label_class_map: [CAT, DOG, COW],
      external_metadata: { a: 1 },
      iou_threshold: 0.3,
      confidence_threshold: 0.2,
    });
  });

  it('appends the classes of all who append at once', async () => {
    await create('race');
    const names = Array.from({ length: 8 }, (_, n) => `class${n}`);
    const answers = await Promise.all(
      names.map((name, n) => create('race', { label_class_map: [entry(name, 10 + n, [n, n, n])] })),
    );
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    const { label_class_map } = (await read('race')) as { label_class_map: { name: string }[] };
    expect(label_class_map.map(({ name }) => name).sort()).toEqual(['cat', ...names, 'dog']);
  });

  it.each([
    ['a class with another id', { label_class_map: [{ ...DOG, id: 5 }] }, 'class_removed'],
    ['a new class with an id that is taken', { label_class_map: [entry('x', 0, [1, 1, 1])] }, 'invalid_request'],
    ['two classes of one name', { label_class_map: [COW, COW] }, 'invalid_request'],
  ])('refuses %s', async (_name, more, code) => {
    await create('fixed');
    const before = await read('fixed');
    expect(await create('fixed', more)).toMatchObject({ status: 422, body: { code } });
    expect(await read('fixed')).toEqual(before);
  });

  it.each<[string, object]>([
    ['no id', { project_id: undefined }],
    ['an id with a slash', { project_id: '../x' }],
    ['an operator as id', { project_id: { $ne: '' } }],
    ['the reserved id', { project_id: 'blah' }],
    ['no class', { label_class_map: [] }],
    ['classes that are no list', { label_class_map: { $size: 1 } }],
    ['too many classes', { label_class_map: Array.from({ length: 10_001 }, (_, id) => ({ name: `c${id}`, id })) }],
    ['a class with an operator', { label_class_map: [{ ...CAT, $set: 1 }] }],
    ['a class id that is no integer', { label_class_map: [{ ...CAT, id: 0.5 }] }],
    ['a colour out of range', { label_class_map: [{ ...CAT, color: [0, 0, 256] }] }],
    ['a class name with a lone surrogate', { label_class_map: [{ ...CAT, name: '\ud800' }] }],
    ['a task that is no text', { primary_task: ['CLASSIFICATION'] }],
    ['a negative class that is not there', { binary_classification_negative_class: 'bird' }],
    ['a threshold above 1', { iou_threshold: 1.5 }],
    ['too many categories', { max_shown_categories: 101 }],
    ['metadata that is no object', { external_metadata: [1] }],
    ['metadata that is too deep', { external_metadata: { a: deep(60) } }],
    ['metadata that is too long', { external_metadata: { a: 'x'.repeat(300_000) } }],
    ['a field that is not known', { state: 'DELETING' }],
  ])('refuses %s', async (_name, more) => {
    expect(await create('hostile', more)).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
    expect(await call('GET', '/projects/hostile')).toMatchObject({ status: 422, body: { code: 'project_not_found' } });
  });

  it.each(['1e400', '-1e400', '[12345678901234567890, {"a": 1e999}]'])(
    'refuses the number %s in metadata',
    async (n) => {
      const raw = `{"project_id":"great","label_class_map":[{"name":"a","id":0}],"external_metadata":{"n":${n}}}`;
      const answer = await call('POST', '/projects', { raw, headers: { 'content-type': 'application/json' } });
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
    },
  );

  it('says so when the project is being deleted', async () => {
    await create('going');
    await api.call('DELETE', '/projects/going');
    expect(await create('going')).toMatchObject({ status: 409, body: { code: 'project_exists' } });
  });
});

describe('GET /projects', () => {
  it('lists every project that the key is for, over many pages', async () => {
    const names = Array.from({ length: 25 }, (_, n) => `many_${String(n).padStart(2, '0')}`);
    await Promise.all(names.map((name) => create(name)));
    const pages = api.replace('projects', 'list');
    const all = (await call('GET', '/projects')).body as { id: string }[];
    expect(all.map(({ id }) => id).filter((id) => id.startsWith('many_'))).toEqual(names);
    expect(pages.mock.calls.length).toBeGreaterThan(2);
    const key = await api.key('reader', ['many_03', 'many_07', 'elsewhere']);
    const some = (await call('GET', '/projects', { key })).body as { id: string }[];
    expect(some.map(({ id }) => id)).toEqual(['many_03', 'many_07']);
  });
});

describe('a class that came over the native API', () => {
  it("is read with the client's defaults", async () => {
    await api.post('/projects', { id: 'native', label_classes: ['WBC'] });
    expect(await read('native')).toMatchObject({
      label_class_map: [entry('WBC', 0, [31, 119, 180])],
      external_metadata: {},
    });
  });
});

describe('POST /projects/:p/metadata', () => {
  it('replaces what there is', async () => {
    await create('meta', { external_metadata: { a: 1, b: 2 } });
    for (const external_metadata of [{ b: { $gt: 3 } }, {}]) {
      expect((await call('POST', '/projects/meta/metadata', { body: { external_metadata } })).body).toEqual({});
      expect((await read('meta')).external_metadata).toEqual(external_metadata);
    }
  });

  it('needs an object, and a project', async () => {
    for (const external_metadata of [null, [], 'x', 5]) {
      expect((await call('POST', '/projects/meta/metadata', { body: { external_metadata } })).status).toBe(422);
    }
    const answer = await call('POST', '/projects/nobody/metadata', { body: { external_metadata: {} } });
    expect(answer).toMatchObject({ status: 422, body: { code: 'project_not_found' } });
  });
});

describe('PATCH /projects/:p/label_class_map', () => {
  const patch = (label_class_map: unknown) =>
    call('PATCH', '/projects/colours/label_class_map', { body: { label_class_map } });

  it('changes the named fields of classes by id', async () => {
    await create('colours', { label_class_map: [CAT, DOG, COW] });
    await patch([
      { name: 'dog', id: 1, color: [9, 8, 7] },
      { id: 7, train_color: [4, 4, 4], keypoint_names: ['x'], skeleton: [] },
    ]);
    const dog = { ...DOG, color: [9, 8, 7] };
    const cow = { ...COW, train_color: [4, 4, 4], keypoint_names: ['x'], skeleton: [] };
    expect((await read('colours')).label_class_map).toEqual([CAT, dog, cow]);
  });

  it('takes all changes that are made at once', async () => {
    const changed = Array.from({ length: 6 }, (_, n) =>
      patch([{ id: n % 2, [n < 4 ? 'color' : 'train_color']: [n, n, n] }]),
    );
    expect((await Promise.all(changed)).map(({ status }) => status)).toEqual(changed.map(() => 200));
  });

  it.each<[string, unknown, string]>([
    [
      'an id that is not there',
      [
        { id: 0, color: [0, 0, 0] },
        { id: 3, color: [1, 1, 1] },
      ],
      'invalid_request',
    ],
    ['another name', [{ id: 0, name: 'lion', color: [1, 1, 1] }], 'class_removed'],
    ['one class twice', [{ id: 0 }, { id: 0 }], 'invalid_request'],
    ['an operator', [{ id: { $gt: 0 }, color: [1, 1, 1] }], 'invalid_request'],
    ['no list', { 0: { id: 0 } }, 'invalid_request'],
    ['a colour of two numbers', [{ id: 0, color: [1, 1] }], 'invalid_request'],
  ])('refuses %s', async (_name, changes, code) => {
    const before = await read('colours');
    expect(await patch(changes)).toMatchObject({ status: 422, body: { code } });
    expect(await read('colours')).toEqual(before);
  });
});

describe('DELETE /projects/:p', () => {
  it('takes the project and its datasets out of use and keeps them readable', async () => {
    await create('old');
    await api.post('/projects/old/datasets', { id: 'd' });
    for (const _time of [1, 2]) expect((await call('DELETE', '/projects/old')).status).toBe(200);
    const ids = ((await call('GET', '/projects')).body as { id: string }[]).map(({ id }) => id);
    expect(ids).not.toContain('old');
    expect(await read('old')).toMatchObject({ archived: true, label_class_map: [CAT, DOG] });
    expect((await api.get('/projects/old')).body).toMatchObject({ archived: true, state: 'ACTIVE' });
    expect((await call('GET', '/projects/old/datasets/d/is_archived')).body).toEqual({ archived: true });
    expect((await call('GET', '/projects/old/datasets')).body).toEqual([]);
  });

  it('ends every change', async () => {
    const changes = [
      create('old'),
      call('POST', '/projects/old/metadata', { body: { external_metadata: {} } }),
      call('PATCH', '/projects/old/label_class_map', { body: { label_class_map: [{ id: 0, color: [0, 0, 0] }] } }),
      api.post('/projects/old/datasets', { id: 'new' }),
      api.call('PATCH', '/projects/old', { body: { primary_task: 'CLASSIFICATION' } }),
    ];
    for (const answer of await Promise.all(changes)) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'project_archived' } });
    }
    expect((await api.post('/projects/old/datasets/d/uploads', {})).body).toMatchObject({ code: 'dataset_archived' });
  });

  it('needs a project', async () => {
    expect(await call('DELETE', '/projects/nobody')).toMatchObject({ status: 422 });
  });
});

function deep(levels: number): unknown {
  return levels === 0 ? 1 : [deep(levels - 1)];
}
