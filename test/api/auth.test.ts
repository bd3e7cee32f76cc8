import request from 'supertest';
import { KEY_CACHE_MS } from '../../api/auth/key-cache';
import { ensureAdminKey } from '../../api/auth/admin-key';
import { hashSecret } from '../../api/auth/secrets';
import { ENDPOINTS } from '../../api/contract';
import type { Endpoint } from '../../api/contract/endpoint';
import { pino } from 'pino';
import { put, TestApi } from './api-harness';

let api: TestApi;
let keys: Record<'reader' | 'writer' | 'admin' | 'elsewhere', string>;
beforeAll(async () => {
  api = await TestApi.start('auth');
  await api.dataset('p', 'd');
  keys = {
    reader: await api.key('reader'),
    writer: await api.key('writer'),
    admin: api.admin,
    elsewhere: await api.key('admin', ['other']),
  };
});
afterAll(() => api.stop());

const guarded = ENDPOINTS.filter(({ role }) => role !== 'none');
const title = ({ method, path }: Endpoint) => `${method.toUpperCase()} ${path}`;

/** A path of the endpoint on the test's dataset, with ids that nothing has. */
function pathOf({ path }: Endpoint): string {
  return path
    .replace('{p}', 'p')
    .replace('{d}', 'd')
    .replace('{v}', '77')
    .replace(/\{\w+\}/g, 'none');
}

function ask(endpoint: Endpoint, headers: Record<string, string>) {
  return request(api.api.app)[endpoint.method](pathOf(endpoint)).set(headers);
}

describe('an endpoint without a valid key', () => {
  it.each(guarded.map((endpoint) => [title(endpoint), endpoint] as const))('%s answers 401', async (_, endpoint) => {
    const wrong: Record<string, string>[] = [{}, { 'x-illume-api-key': 'viv_wrong' }, { authorization: 'Basic abc' }];
    for (const headers of wrong) {
      const answer = await ask(endpoint, headers);
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });

  it('answers 401 for what is not there, so that nothing is learnt', async () => {
    expect((await api.get('/nothing', { key: null })).status).toBe(401);
    expect((await api.get('/projects/nowhere', { key: null })).status).toBe(401);
  });
});

describe('an endpoint with a key whose role is too low', () => {
  const rank = ['reader', 'writer', 'admin'] as const;
  const cases = guarded.flatMap((endpoint) =>
    rank
      .filter((role) => endpoint.role !== 'none' && rank.indexOf(role) < rank.indexOf(endpoint.role))
      .map((role) => [role, title(endpoint), endpoint] as const),
  );
  it.each(cases)('refuses a %s at %s', async (role, _, endpoint) => {
    const answer = await ask(endpoint, { 'x-illume-api-key': keys[role] });
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden_role' } });
  });
});

describe('an endpoint of a project', () => {
  const ofProjects = guarded.filter(({ path }) => path.includes('{p}'));
  it.each(ofProjects.map((endpoint) => [title(endpoint), endpoint] as const))(
    '%s refuses a key for others',
    async (_, endpoint) => {
      const answer = await ask(endpoint, { 'x-illume-api-key': keys.elsewhere });
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden_project' } });
    },
  );

  it('answers such a key the same whether the project exists or not', async () => {
    const [here, nowhere] = [
      await api.get('/projects/p', { key: keys.elsewhere }),
      await api.get('/projects/x', { key: keys.elsewhere }),
    ];
    expect(nowhere.body).toEqual(here.body);
  });

  it('cannot be made with a key for others', async () => {
    const answer = await api.post('/projects', { id: 'mine', label_classes: [] }, { key: keys.elsewhere });
    expect(answer.body.code).toBe('forbidden_project');
    expect((await api.post('/projects', { id: 'other', label_classes: [] }, { key: keys.elsewhere })).status).toBe(201);
  });
});

describe('a key', () => {
  it('is taken from each of its places', async () => {
    const made = (await api.post('/keys', { name: 'camera', role: 'reader' })).body as { key: string; key_id: string };
    const places: Record<string, string>[] = [
      { 'x-illume-api-key': made.key },
      { authorization: `Bearer ${made.key}` },
      { authorization: `bearer   ${made.key}` },
      { 'x-illume-app': made.key_id, 'x-illume-key': made.key },
    ];
    for (const headers of places) expect((await api.get('/projects', { key: null, headers })).status).toBe(200);
    const wrongApp = { 'x-illume-app': 'key_other', 'x-illume-key': made.key };
    expect((await api.get('/projects', { key: null, headers: wrongApp })).status).toBe(401);
    expect((await api.get('/projects', { key: null, headers: { 'x-illume-key': made.key } })).status).toBe(401);
    expect((await api.get('/projects', { key: 'x'.repeat(5_000) })).status).toBe(401);
  });

  it('shows its secret once and is stored hashed', async () => {
    const made = await api.post('/keys', { name: 'once', role: 'writer', projects: ['p'] });
    expect(made).toMatchObject({ status: 201, body: { name: 'once', role: 'writer', projects: ['p'] } });
    expect(made.headers['cache-control']).toBe('no-store');
    const { key, key_id } = made.body as { key: string; key_id: string };
    expect(key).toMatch(/^viv_[A-Za-z0-9_-]{43}$/);
    const list = await api.get('/keys?limit=1000');
    expect(list.body.items).toContainEqual(expect.objectContaining({ key_id, name: 'once' }));
    expect(list.text).not.toContain(key);
    const stored = await api.store.database.c.keys.findOne({ _id: key_id });
    expect(stored?.secret_hash).toBe(hashSecret(key));
    expect(JSON.stringify(stored)).not.toContain(key);
  });

  it('stops working when it is revoked, elsewhere after the cache has run out', async () => {
    const { key, key_id } = (await api.post('/keys', { name: 'short', role: 'reader' })).body as {
      key: string;
      key_id: string;
    };
    expect((await api.get('/projects', { key })).status).toBe(200);
    expect((await api.call('DELETE', `/keys/${key_id}`)).status).toBe(204);
    expect((await api.get('/projects', { key })).status).toBe(401);

    const other = await api.key('reader');
    expect((await api.get('/projects', { key: other })).status).toBe(200);
    await api.store.keys.revoke(`reader_${hashSecret(other).slice(0, 8)}`);
    const later = Date.now() + KEY_CACHE_MS + 1_000;
    api.now = () => new Date(later);
    expect((await api.get('/projects', { key: other })).status).toBe(401);
    api.now = () => new Date();
  });

  it('cannot revoke itself', async () => {
    const { key, key_id } = (await api.post('/keys', { name: 'self', role: 'admin' })).body as {
      key: string;
      key_id: string;
    };
    expect((await api.call('DELETE', `/keys/${key_id}`, { key })).body.code).toBe('key_in_use');
    expect((await api.call('DELETE', '/keys/key_nobody')).body.code).toBe('key_not_found');
  });

  it('for some projects only cannot make, see or revoke keys, although it is an admin', async () => {
    const key = keys.elsewhere;
    expect((await api.get('/keys', { key })).body.code).toBe('forbidden_project');
    expect((await api.post('/keys', { name: 'wider', role: 'admin' }, { key })).body.code).toBe('forbidden_project');
    expect((await api.call('DELETE', '/keys/any', { key })).body.code).toBe('forbidden_project');
  });

  it.each([
    [{ role: 'reader' }, 'name'],
    [{ name: 'x', role: 'owner' }, 'role'],
    [{ name: 'x', role: 'reader', projects: [] }, 'projects'],
    [{ name: 'x', role: 'reader', projects: ['a/b'] }, 'projects[0]'],
    [{ name: 'x', role: 'reader', key: 'viv_mine' }, 'key'],
  ])('is not made of %j', async (body, path) => {
    expect((await api.post('/keys', body)).body).toMatchObject({ code: 'invalid_request', errors: [{ path }] });
  });
});

describe('the admin key of the settings', () => {
  const logger = pino({ level: 'silent' });

  it('is added once, and stays revoked when it was revoked', async () => {
    await Promise.all([1, 2].map(() => ensureAdminKey(api.store.keys, 'from-the-settings', logger)));
    const made = await api.post('/keys', { name: 'x', role: 'reader' }, { key: 'from-the-settings' });
    expect(made.status).toBe(201);
    const { items } = (await api.get('/keys?limit=1000')).body as { items: { key_id: string; name: string }[] };
    const own = items.filter(({ name }) => name === 'Admin key of the settings');
    expect(own).toHaveLength(1);
    await api.call('DELETE', `/keys/${own[0]?.key_id}`);
    await ensureAdminKey(api.store.keys, 'from-the-settings', logger);
    expect((await api.get('/keys', { key: 'from-the-settings' })).status).toBe(401);
  });
});

describe('what a writer did', () => {
  it('carries the id of its key', async () => {
    const { key, key_id } = (await api.post('/keys', { name: 'labeler', role: 'writer' })).body as {
      key: string;
      key_id: string;
    };
    const opened = await api.post('/projects/p/datasets/d/uploads', {}, { key });
    const { upload_id } = opened.body as { upload_id: string };
    await api.call('POST', `/projects/p/datasets/d/uploads/${upload_id}/items`, { key, body: [put('signed')] });
    await api.post(`/projects/p/datasets/d/uploads/${upload_id}/close`, undefined, { key });
    expect(await api.ended('/projects/p/datasets/d', upload_id)).toMatchObject({ state: 'DONE', created_by: key_id });
    const history = await api.get('/projects/p/datasets/d/frames/signed/history');
    expect(history.body.items).toMatchObject([{ created_by: key_id, upload_id, kind: 'added' }]);
  });
});
