import { gzipSync } from 'node:zlib';
import { StoreError } from '../../store/errors';
import { PROBLEMS } from '../../api/problems';
import { eventually } from '../support/eventually';
import { put, TestApi, type Sent } from './api-harness';

let api: TestApi;
let dataset: string;
const json = { 'content-type': 'application/json' };
beforeAll(async () => {
  api = await TestApi.start('problems');
  dataset = await api.dataset('p', 'd');
  await api.upload(dataset, [put('a')]);
});
afterAll(() => api.stop());
afterEach(() => api.restore());

/** `call` checks the shape of every problem; here it is which one comes. */
const failures: [string, string, string, Sent, number, string][] = [
  ['no route', 'GET', '/nothing', {}, 404, 'route_not_found'],
  ['no route, in another case', 'GET', '/Projects', {}, 404, 'route_not_found'],
  ['no route, with a slash at the end', 'GET', '/projects/', {}, 404, 'route_not_found'],
  ['no route outside the API', 'GET', '/api/v9/projects', {}, 404, 'route_not_found'],
  ['no method', 'DELETE', '/projects', {}, 405, 'method_not_allowed'],
  ['no method on a frame', 'POST', '/projects/p/datasets/d/frames/a', {}, 405, 'method_not_allowed'],
  ['no method OPTIONS', 'OPTIONS', '/projects', {}, 405, 'method_not_allowed'],
  ['malformed path', 'GET', '/projects/%ff', {}, 400, 'malformed_path'],
  ['broken JSON', 'POST', '/projects', { raw: '{"id":', headers: json }, 400, 'malformed_body'],
  ['no UTF-8', 'POST', '/projects', { raw: Buffer.from([0x22, 0xff, 0x22]), headers: json }, 400, 'malformed_body'],
  ['no body', 'POST', '/projects', {}, 400, 'malformed_body'],
  [
    'a prototype',
    'POST',
    '/projects',
    { raw: '{"id":"x","label_classes":[],"__proto__":{"a":1}}', headers: json },
    400,
    'malformed_body',
  ],
  [
    'broken gzip',
    'POST',
    '/projects',
    { raw: Buffer.from('no gzip at all'), headers: { ...json, 'content-encoding': 'gzip' } },
    400,
    'malformed_body',
  ],
  [
    'another encoding',
    'POST',
    '/projects',
    { raw: '{}', headers: { ...json, 'content-encoding': 'br' } },
    415,
    'unsupported_encoding',
  ],
  [
    'another type',
    'POST',
    '/projects',
    { raw: '<a/>', headers: { 'content-type': 'text/xml' } },
    415,
    'unsupported_media_type',
  ],
  [
    'a body that is too large',
    'POST',
    '/projects',
    { raw: `"${'x'.repeat(5 * 1024 * 1024)}"`, headers: json },
    413,
    'body_too_large',
  ],
  [
    'a gzip bomb',
    'POST',
    '/projects',
    { raw: gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20)), headers: { ...json, 'content-encoding': 'gzip' } },
    413,
    'body_too_large',
  ],
  ['an unknown field', 'POST', '/projects', { body: { id: 'x', label_classes: [], nope: 1 } }, 422, 'invalid_request'],
  ['an unknown query parameter', 'GET', '/projects?limt=5', {}, 422, 'invalid_request'],
  ['a query of prototypes', 'GET', '/projects?__proto__=1', {}, 422, 'invalid_request'],
  ['a nested query', 'GET', '/projects?limit[]=5', {}, 422, 'invalid_request'],
  [
    'a query where none is taken',
    'POST',
    '/projects?x=1',
    { body: { id: 'x', label_classes: [] } },
    422,
    'invalid_request',
  ],
  ['an unknown project', 'GET', '/projects/nobody', {}, 404, 'project_not_found'],
  ['a hostile project', 'GET', `/projects/${encodeURIComponent('{"$gt":""}')}`, {}, 404, 'project_not_found'],
  ['a project with a NUL', 'GET', '/projects/%00', {}, 404, 'project_not_found'],
  ['an unknown dataset', 'GET', '/projects/p/datasets/nothing', {}, 404, 'dataset_not_found'],
  ['an unknown upload', 'GET', '/projects/p/datasets/d/uploads/%24ne', {}, 404, 'upload_not_found'],
  ['an unknown key', 'DELETE', '/keys/%00', {}, 404, 'key_not_found'],
];

describe('a failure', () => {
  it.each(failures)('%s: %s %s', async (_, method, path, sent, status, code) => {
    const answer = await api.call(method, path, sent);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('of the method names those that there are', async () => {
    expect((await api.call('PATCH', `${dataset}/uploads`)).headers.allow).toBe('GET, HEAD, POST');
    expect((await api.call('POST', `${dataset}/frames/a`)).headers.allow).toBe('DELETE, GET, HEAD, PATCH, PUT');
  });

  it('names every place that is wrong', async () => {
    const answer = await api.post('/projects', { id: 'a b', label_classes: [{ name: '' }], x: 1, y: 2 });
    const paths = (answer.body.errors as { path: string }[]).map(({ path }) => path);
    expect(paths.sort()).toEqual(['id', 'label_classes[0].name', 'x', 'y']);
    expect(answer.body.detail).toMatch(/ and 3 more$/);
  });

  it.each<[string, unknown, string]>([
    ['/projects', {}, 'Expected a text, got nothing (in id), and 1 more'],
    ['/projects', { id: 5, label_classes: [] }, 'Expected a text, got 5 (in id)'],
    ['/projects', { id: 'q', label_classes: {} }, 'Expected a list, got an object (in label_classes)'],
    [
      '/projects',
      { id: 'q', label_classes: [7] },
      'Expected a name, or a class {name, id, color} (in label_classes[0])',
    ],
    [
      '/projects',
      { id: 'q', label_classes: [{ name: 'a', id: -1 }] },
      'Expected a number >= 0, got -1 (in label_classes[0].id)',
    ],
    [
      '/projects',
      { id: 'q', label_classes: [{ name: 'a', id: 0.5 }] },
      'Expected a whole number, got 0.5 (in label_classes[0].id)',
    ],
    [
      '/projects',
      { id: 'q', label_classes: [{ name: 'a', color: [1] }] },
      'Expected at least 3 entries, got a list of 1 (in label_classes[0].color)',
    ],
    ['/projects', [], 'Expected an object, got a list of 0 (in the body)'],
    ['/keys', { name: 'k', role: 'root' }, 'Expected one of reader, writer, admin, got the text "root" (in role)'],
    [
      '/projects/p/datasets/d/frames/batch-get',
      { frame_ids: ['a'], embeddings: 1 },
      'Expected true or false, got 1 (in embeddings)',
    ],
    ...[undefined, null, -1, 0.5, '', [1]].map((to): [string, unknown, string] => [
      '/projects/p/datasets/d/rollback',
      { to },
      'Expected a version number, a tag, latest or an ISO time with a zone (in to)',
    ]),
  ])('of POST %s %j says what was expected and what came', async (path, body, detail) => {
    expect((await api.post(path, body)).body).toMatchObject({ code: 'invalid_request', detail });
  });

  it('of cursors is never a 500', async () => {
    const lists = [
      '/projects',
      '/projects/p/datasets',
      '/keys',
      `${dataset}/uploads`,
      `${dataset}/frames`,
      `${dataset}/versions`,
      `${dataset}/frames/a/history`,
    ];
    for (const list of lists) {
      for (const after of ['%00', '%24gt', '{}', '%ED%A0%80', '999999999999999', '9'.repeat(400), '\u{1f600}', 'x.y']) {
        const answer = await api.get(`${list}?after=${encodeURI(after).replaceAll('%25', '%')}`);
        expect({ list, after, fine: answer.status < 500 }).toEqual({ list, after, fine: true });
      }
    }
  });
});

describe('a store that is away', () => {
  it('makes a 503 with Retry-After, also in the middle of authentication', async () => {
    const away = () =>
      Promise.reject(new StoreError('store_unavailable', 'The database does not answer at the moment'));
    api.replace('datasets', 'get', away);
    const answer = await api.get(dataset);
    expect(answer).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    api.replace('keys', 'bySecretHash', away);
    expect((await api.get('/projects', { key: 'viv_unseen' })).body.code).toBe('store_unavailable');
  });
});

describe('an unexpected error', () => {
  it('makes a 500 that shows nothing of it but an id', async () => {
    api.replace('projects', 'list', () => Promise.reject(new Error('password=hunter2')));
    const answer = await api.get('/projects');
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal', title: PROBLEMS.internal.title } });
    expect(answer.body.instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(answer.text).not.toContain('hunter2');
  });

  it('in the middle of a download cuts it off', async () => {
    const { key } = await api.store.datasets.get('p', 'd');
    const { items } = await api.store.frames.page(key, 1, {}, { limit: 1 });
    let pages = 0;
    api.replace('frames', 'page', async () => {
      if (++pages > 2) throw new Error('gone');
      return { items: Array.from({ length: 500 }, () => items[0]!), next: 'more' };
    });
    await expect(api.get(`${dataset}/export`)).rejects.toThrow(/aborted|hang up/);
  });
});

describe('readiness', () => {
  it('says which part is missing', async () => {
    const none = { key: null };
    expect((await api.get('/healthz', none)).body).toEqual({ status: 'ok' });
    const without = await api.get('/readyz', none);
    expect(without).toMatchObject({
      status: 503,
      body: { code: 'not_ready', components: { api: true, worker: false, temporal: true, mongodb: true } },
    });
    expect(without.body.detail).toBe('Not up: worker');
    await api.store.workers.beat('w1');
    // Beats need no majority, reads do.
    await eventually(async () =>
      expect(await api.get('/readyz', none)).toMatchObject({ status: 200, body: { status: 'ready' } }),
    );
    api.temporalIsUp = false;
    expect((await api.get('/readyz', none)).body.components).toMatchObject({ worker: true, temporal: false });
    api.temporalIsUp = true;
    api.replace('workers', 'alive', () => new Promise(() => undefined));
    expect((await api.get('/readyz', none)).body.components).toMatchObject({ worker: false, mongodb: true });
  });
});

describe('every answer', () => {
  it('tells browsers not to guess and not to run it', async () => {
    for (const path of ['/healthz', '/projects', '/nothing']) {
      const { headers } = await api.get(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("default-src 'none'") as unknown,
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });
});
