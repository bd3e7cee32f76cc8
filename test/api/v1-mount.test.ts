import { pino } from 'pino';
import { oldClientRoutes } from '../../api/v1';
import { StoreError } from '../../store/errors';
import { NO_HINTS } from '../support/activities-of';
import { page, tableRows } from '../docs/pages';
import type { Sent } from './api-harness';
import { TestApi } from './api-harness';
import { callV1 } from './v1-call';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('v1-mount');
  await api.dataset('p', 'd');
});
afterAll(() => api.stop());
afterEach(() => api.restore());

const call = (method: string, path: string, sent?: Sent) => callV1(api, method, path, sent);
const json = { 'content-type': 'application/json' };

const failures: [string, string, string, Sent, number, string][] = [
  ['an unknown path', 'GET', '/nothing', {}, 404, 'route_not_found'],
  ['an unknown path in another case', 'GET', '/Projects', {}, 404, 'route_not_found'],
  ['the root', 'GET', '', {}, 404, 'route_not_found'],
  ['no credentials', 'GET', '/projects', { key: null }, 401, 'unauthorized'],
  ['a wrong key', 'GET', '/projects', { key: 'wrong' }, 401, 'unauthorized'],
  ['a wrong key at an unknown path', 'GET', '/nothing', { key: 'wrong' }, 401, 'unauthorized'],
  ['an unknown method', 'PUT', '/projects', {}, 405, 'method_not_allowed'],
  ['OPTIONS', 'OPTIONS', '/projects/p', {}, 405, 'method_not_allowed'],
  ['OPTIONS of an unknown path', 'OPTIONS', '/nothing', {}, 404, 'route_not_found'],
  ['a path that cannot be decoded', 'GET', '/projects/%ff', {}, 400, 'malformed_path'],
  ['a project that is not there', 'GET', '/projects/nobody', {}, 422, 'project_not_found'],
  ['a dataset that is not there', 'GET', '/projects/p/datasets/nobody', {}, 422, 'dataset_not_found'],
  ['a dataset in no project', 'GET', '/projects/nobody/datasets/d', {}, 422, 'project_not_found'],
  ['no body', 'POST', '/projects/p/metadata', {}, 400, 'malformed_body'],
  ['broken JSON', 'POST', '/projects/p/metadata', { raw: '{"a":', headers: json }, 400, 'malformed_body'],
  ['deep JSON', 'POST', '/projects/p/metadata', { raw: '['.repeat(2_000_000), headers: json }, 400, 'malformed_body'],
  [
    'a prototype',
    'POST',
    '/projects/p/metadata',
    { raw: '{"external_metadata":{"__proto__":{"n":12345678901234567890}}}', headers: json },
    400,
    'malformed_body',
  ],
  [
    'another type',
    'POST',
    '/projects/p/metadata',
    { raw: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'unsupported_media_type',
  ],
  [
    'a body that is too large',
    'POST',
    '/projects/p/metadata',
    { raw: `{"external_metadata":{"a":"${'x'.repeat(4 * 1024 * 1024)}"}}`, headers: json },
    413,
    'body_too_large',
  ],
  ['a field that is not known', 'POST', '/projects/p/metadata', { body: { metadata: {} } }, 422, 'invalid_request'],
  ['a flag of another word', 'GET', '/projects/p/datasets?include_archived=yes', {}, 422, 'invalid_request'],
  [
    'a flag twice',
    'GET',
    '/projects/p/datasets?include_archived=True&include_archived=True',
    {},
    422,
    'invalid_request',
  ],
];

describe('an answer that is no success', () => {
  it.each(failures)('comes for %s', async (_name, method, path, sent, status, code) => {
    const answer = await call(method, path, sent);
    expect(answer).toMatchObject({ status, body: { code } });
  });

  it('names the methods that there are', async () => {
    expect((await call('PUT', '/projects')).headers.allow).toBe('GET, HEAD, POST');
    expect((await call('OPTIONS', '/projects/p')).headers.allow).toBe('DELETE, GET, HEAD');
  });

  it('says where the body is wrong', async () => {
    const body = { project_id: 'x', label_class_map: [{ name: 'a', id: 0 }, { name: 5 }] };
    expect((await call('POST', '/projects', { body })).body.message).toBe(
      'Expected a text, got 5 (in label_class_map[1].name)',
    );
  });

  it('hides what nobody foresaw, and says where the log has it', async () => {
    api.replace('projects', 'get', async () => {
      throw new Error('secret');
    });
    const { status, body } = await call('GET', '/projects/p');
    expect(status).toBe(500);
    expect(body).toEqual({ code: 'internal', message: expect.stringMatching(/its log has more under [0-9a-f-]{36}$/) });
  });

  it('asks to come back when the database is away', async () => {
    api.replace('projects', 'get', async () => {
      throw new StoreError('store_unavailable', 'The database does not answer');
    });
    const answer = await call('GET', '/projects/p');
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2']);
  });
});

describe('a request', () => {
  it('may come to an api_endpoint with slashes at the end', async () => {
    expect((await call('GET', '//projects/p')).body).toMatchObject({ id: 'p' });
    expect((await call('GET', '///projects/p/datasets?include_archived=True')).body).toHaveLength(1);
  });

  it.each([
    ['a bearer token', (key: string) => ({ authorization: `Bearer ${key}` })],
    ['an API key', (key: string) => ({ 'x-illume-api-key': key, 'x-illume-client-version': 'x'.repeat(5_000) })],
  ])('may carry %s', async (_name, headers) => {
    expect((await call('GET', '/projects/p', { key: null, headers: headers(api.admin) })).status).toBe(200);
  });

  it('needs the role of its route', async () => {
    const key = await api.key('reader');
    expect((await call('GET', '/projects/p', { key })).status).toBe(200);
    for (const [method, path] of [
      ['POST', '/projects'],
      ['DELETE', '/projects/p'],
      ['DELETE', '/projects/p/datasets/d'],
    ] as const) {
      expect(await call(method, path, { key })).toMatchObject({ status: 403, body: { code: 'forbidden_role' } });
    }
  });

  it('needs a key for its project, whether or not that is there', async () => {
    const key = await api.key('writer', ['other']);
    for (const path of ['/projects/p', '/projects/nobody', '/projects/p/datasets', '/projects/p/datasets/d']) {
      expect(await call('GET', path, { key })).toMatchObject({ status: 403, body: { code: 'forbidden_project' } });
    }
    const body = { project_id: 'mine', label_class_map: [{ name: 'a', id: 0, color: [1, 2, 3] }] };
    expect(await call('POST', '/projects', { key, body })).toMatchObject({ status: 403 });
    expect((await call('GET', '/projects', { key })).body).toEqual([]);
  });

  it('may be a HEAD, which has no body', async () => {
    for (const path of ['/projects', '/projects/p']) {
      const { status, text } = await call('HEAD', path);
      expect([status, text ?? '']).toEqual([200, '']);
    }
  });
});

it('docs/references/old-client-api.md lists every route once, with its role, and no other', () => {
  const routes = oldClientRoutes({
    store: api.store,
    hints: NO_HINTS,
    health: { reachable: async () => true },
    clock: () => new Date(),
    logger: pino({ level: 'silent' }),
    publicUrl: () => api.publicUrl,
    dataHosts: [],
    version: '0',
  });
  const inCode = routes.map(({ method, path, role }) => `${method.toUpperCase()} \`${path}\` ${role}`);
  const onPage = tableRows(page('docs/references/old-client-api.md'))
    .filter((cells) => /^[A-Z]+$/.test(cells[0] ?? ''))
    .map(([method, path, role]) => `${method} ${path} ${role}`);
  expect(onPage.sort()).toEqual(inCode.sort());
});
