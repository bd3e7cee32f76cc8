import { TestApi } from './api-harness';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('projects');
});
afterAll(() => api.stop());

let made = 0;
const fresh = () => `p${++made}`;

describe('a project', () => {
  it('fills in ids and colours of its classes and the primary task', async () => {
    const id = fresh();
    const label_classes = ['car', { name: 'bus', id: 0 }, { name: 'van', color: [1, 2, 3], has_instances: true }];
    const answer = await api.post('/projects', { id, label_classes });
    expect(answer).toMatchObject({ status: 201, headers: { location: `/api/v2/projects/${id}` } });
    expect(answer.body).toMatchObject({ id, primary_task: '2D_OBJECT_DETECTION', state: 'ACTIVE' });
    expect(answer.body.label_classes).toEqual([
      { name: 'car', id: 1, color: [255, 127, 14] },
      { name: 'bus', id: 0, color: [31, 119, 180] },
      { name: 'van', id: 2, color: [1, 2, 3], has_instances: true },
    ]);
    expect((await api.get(`/projects/${id}`)).body).toEqual(answer.body);
  });

  it('is refused under an id that is taken', async () => {
    const id = fresh();
    await api.post('/projects', { id, label_classes: [] });
    expect((await api.post('/projects', { id, label_classes: [] })).body.code).toBe('project_exists');
  });

  it.each([
    [{ label_classes: ['a'] }, 'id'],
    [{ id: 'a-b', label_classes: [] }, 'id'],
    [{ id: 'ok', label_classes: [{ id: 1 }] }, 'label_classes[0].name'],
    [{ id: 'ok', label_classes: ['a', 'a'] }, 'label_classes[1]'],
    [{ id: 'ok', label_classes: ['a', { name: 'b', color: [0, 0, 256] }] }, 'label_classes[1].color[2]'],
    [
      {
        id: 'ok',
        label_classes: [
          { name: 'a', id: 3 },
          { name: 'b', id: 3 },
        ],
      },
      'label_classes[1].id',
    ],
    [{ id: 'ok', label_classes: [{ name: 'a', $set: 1 }] }, 'label_classes[0]'],
    [{ id: 'ok', label_classes: ['\ud800'] }, 'label_classes[0]'],
    [{ id: 'ok', label_classes: [], primary_task: 'DANCING' }, 'primary_task'],
    [{ id: 'ok', label_classes: [], colour: 'red' }, 'colour'],
    [[], ''],
    ['text', ''],
    [null, ''],
  ])('refuses %j naming the place', async (body, path) => {
    const answer = await api.post('/projects', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_request', errors: [{ path }] } });
  });

  it.each([
    [200, 422],
    [100_000, 400],
  ])('refuses free JSON of %i levels', async (levels, status) => {
    const raw = `{"id":"deep","label_classes":[{"name":"a","x":${'['.repeat(levels)}${']'.repeat(levels)}}]}`;
    const answer = await api.call('POST', '/projects', { raw, headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(status);
  });

  it('takes new classes and colours, keeps ids, and loses no class', async () => {
    const id = fresh();
    await api.post('/projects', { id, label_classes: ['a', 'b'] });
    const label_classes = ['b', { name: 'a', color: [9, 9, 9] }, 'c'];
    const changed = await api.call('PATCH', `/projects/${id}`, {
      body: { label_classes, primary_task: 'CLASSIFICATION' },
    });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ primary_task: 'CLASSIFICATION' });
    expect(changed.body.label_classes).toMatchObject([
      { name: 'a', id: 0, color: [9, 9, 9] },
      { name: 'b', id: 1 },
      { name: 'c', id: 2 },
    ]);
    for (const wrong of [
      ['a', 'b'],
      ['a', 'b', { name: 'c', id: 7 }],
    ]) {
      const refused = await api.call('PATCH', `/projects/${id}`, { body: { label_classes: wrong } });
      expect(refused).toMatchObject({ status: 422, body: { code: 'class_removed' } });
    }
    expect((await api.get(`/projects/${id}`)).body).toEqual(changed.body);
  });

  it('is listed page by page, and only to keys that are for it', async () => {
    const ids = ['l1', 'l2', 'l3'];
    for (const id of ids) await api.post('/projects', { id, label_classes: [] });
    const first = await api.get('/projects?after=l&limit=2');
    expect(first.body).toMatchObject({ items: [{ id: 'l1' }, { id: 'l2' }], next_cursor: 'l2' });
    const rest = await api.get(`/projects?after=${first.body.next_cursor}&limit=2`);
    expect(rest.body.items[0].id).toBe('l3');
    const key = await api.key('reader', ['l3', 'l1', 'nowhere']);
    const own = await api.get('/projects', { key });
    expect(own.body).toMatchObject({ items: [{ id: 'l1' }, { id: 'l3' }], next_cursor: null });
  });

  it('is gone at once when it is deleted, with its datasets', async () => {
    const id = fresh();
    const dataset = await api.dataset(id, 'd');
    const removed = await api.call('DELETE', `/projects/${id}?force=true`);
    expect(removed).toMatchObject({ status: 202, body: { id, state: 'DELETING' } });
    expect(api.hinted).toContain(`projectDeleted ${id}`);
    expect((await api.get(`/projects/${id}`)).body.code).toBe('project_not_found');
    expect((await api.get(dataset)).status).toBe(404);
  });
});

describe('a dataset', () => {
  it('begins at version 0, empty', async () => {
    const path = await api.dataset(fresh(), 'd');
    const answer = await api.get(path);
    expect(answer.body).toMatchObject({
      id: 'd',
      mode: 'STREAMING',
      head: 0,
      counts: { frames: 0, labels: 0 },
      cloned_to: [],
    });
    const version = await api.get(`${path}/versions/latest`);
    expect(version.body).toMatchObject({ version: 0, created_at: null, content_hash: answer.body.content_hash });
    expect((await api.get(`${path}/versions`)).body).toEqual({ items: [], next_cursor: null });
    expect((await api.get(`${path}/frames`)).body).toEqual({ items: [], next_cursor: null, version: 0 });
  });

  it('declares types of metadata fields', async () => {
    const id = fresh();
    await api.post('/projects', { id, label_classes: [] });
    const metadata_schema = { n: 'INTEGER', tags: 'ARRAY<STRING>' };
    const answer = await api.post(`/projects/${id}/datasets`, { id: 'd', metadata_schema });
    expect(answer.body.schema.metadata).toEqual(metadata_schema);
    const wrong = await api.post(`/projects/${id}/datasets`, { id: 'e', metadata_schema: { n: 'INT' } });
    expect(wrong.body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'metadata_schema.n' }] });
    const badName = await api.post(`/projects/${id}/datasets`, { id: 'e', metadata_schema: { 'a.b': 'INTEGER' } });
    expect(badName.body.code).toBe('invalid_key');
  });

  it('is refused in an unknown project and under an id that is taken', async () => {
    expect((await api.post('/projects/nowhere/datasets', { id: 'd' })).body.code).toBe('project_not_found');
    expect((await api.get('/projects/nowhere/datasets')).body.code).toBe('project_not_found');
    const id = fresh();
    await api.dataset(id, 'd');
    expect((await api.post(`/projects/${id}/datasets`, { id: 'd' })).body.code).toBe('dataset_exists');
  });

  it('is gone at once when it is deleted, and its name is free', async () => {
    const id = fresh();
    const path = await api.dataset(id, 'gone');
    await api.dataset(id, 'stays');
    expect((await api.call('DELETE', path)).status).toBe(202);
    expect(api.hinted).toContain('datasetDeleted gone');
    expect((await api.get(path)).body.code).toBe('dataset_not_found');
    expect((await api.get(`/projects/${id}/datasets`)).body.items).toMatchObject([{ id: 'stays' }]);
    expect((await api.post(`/projects/${id}/datasets`, { id: 'gone' })).status).toBe(201);
  });
});
