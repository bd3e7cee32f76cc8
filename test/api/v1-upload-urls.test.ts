import request from 'supertest';
import { TestApi, type Sent } from './api-harness';
import { callV1 } from './v1-call';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('v1-upload-urls');
  await api.dataset('p', 'd');
  await api.dataset('other', 'd');
});
afterAll(() => api.stop());

const path = (project: string, dataset: string, query: Record<string, string>) =>
  `/projects/${project}/datasets/${dataset}/get_upload_url?${new URLSearchParams(query).toString()}`;
const FILE = { upload_filename: 'U_frame_data_batch_000001.jsonl', resumable_upload: 'true', bucket: 'aquarium-dev' };

async function urls(dataset: string, query: Record<string, string>, method = 'GET', sent: Sent = {}) {
  const { body } = await callV1(api, method, path('p', dataset, query), sent);
  expect(Object.keys(body as object)).toEqual(['put_url', 'download_url']);
  const { put_url, download_url } = body as { put_url: string; download_url: string };
  const [, token = ''] = /^http:\/\/vivarium\.test\/objects\/uploads\/([\w-]{43})$/.exec(put_url) ?? [];
  const [, id = ''] = /^http:\/\/vivarium\.test\/objects\/([\w-]{43})$/.exec(download_url) ?? [];
  return { put: new URL(put_url).pathname, download: new URL(download_url).pathname, token, id };
}

describe('get_upload_url', () => {
  it.each([
    ['d', FILE, 'FILE'],
    ['not_made_yet', { upload_filename: 'U_embeddings_batch_000001.arrow', resumable_upload: 'true' }, 'FILE'],
    ['d', { upload_filename: 'U_picture of a cat.png?size=large' }, 'ASSET'],
    ['d', { upload_filename: 'U_notes.jsonl' }, 'ASSET'],
    ['d', { upload_filename: 'U_scan.pcd', resumable_upload: 'true' }, 'ASSET'],
    ['d', { upload_filename: '../../../etc/passwd' }, 'ASSET'],
  ])('for %s and %j makes a place for a %s', async (dataset, query, kind) => {
    const { id, token } = await urls(dataset, query);
    const record = { object_id: id, project: 'p', dataset, filename: query.upload_filename, kind, state: 'PENDING' };
    expect(await api.store.objects.get(id)).toMatchObject(record);
    expect(await api.store.objects.byUploadToken(token)).toMatchObject(record);
  });

  it('by POST takes what the client says of the file', async () => {
    const file_metadata = { frame_count: '1', crop_count: '1', partition_name: '2026_11', client_version: '1.0.7' };
    expect((await urls('unl2', FILE, 'POST', { body: { file_metadata } })).id).not.toBe('');
  });

  it('gives URLs that take and hand out bytes without credentials', async () => {
    const { put, download } = await urls('d', FILE);
    const { app } = api.api;
    const begun = await request(app).post(put).set('x-goog-resumable', 'start').send('{}');
    expect([begun.status, begun.headers.location]).toEqual([201, `http://vivarium.test${put}`]);
    const sent = await request(app).put(put).set('content-range', 'bytes 0-4/5').send(Buffer.from('hello'));
    expect(sent.status).toBe(200);
    const got = await request(app).get(download).buffer(true);
    expect([got.status, (got.body as Buffer).toString()]).toEqual([200, 'hello']);
  });

  it.each([
    ['no file name', 'p', 'd', {}, 422, 'invalid_request'],
    ['a file name without end', 'p', 'd', { upload_filename: 'x'.repeat(600) }, 422, 'invalid_request'],
    ['a dataset with a bad name', 'p', 'a.b', FILE, 422, 'invalid_request'],
    ['no project', 'nowhere', 'd', FILE, 422, 'project_not_found'],
    ['a flag that is none', 'p', 'd', { ...FILE, resumable_upload: 'perhaps' }, 422, 'invalid_request'],
  ])('with %s is refused', async (_, project, dataset, query, status, code) => {
    const answer = await callV1(api, 'GET', path(project, dataset, query as Record<string, string>));
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code]);
  });

  it('is for writers of the project', async () => {
    const as = async (key: string, project = 'p') =>
      (await callV1(api, 'GET', path(project, 'd', FILE), { key })).status;
    expect(await as(await api.key('reader'))).toBe(403);
    expect(await as(await api.key('writer', ['p']))).toBe(200);
    expect(await as(await api.key('writer', ['p']), 'other')).toBe(403);
    expect(await as('nobody')).toBe(401);
  });

  it('refuses what is archived', async () => {
    await api.dataset('p', 'old');
    await callV1(api, 'DELETE', '/projects/p/datasets/old');
    const dataset = await callV1(api, 'GET', path('p', 'old', FILE));
    expect([dataset.status, (dataset.body as { code: string }).code]).toEqual([409, 'dataset_archived']);
    await api.dataset('past', 'd');
    await callV1(api, 'DELETE', '/projects/past');
    const project = await callV1(api, 'GET', path('past', 'd2', FILE));
    expect([project.status, (project.body as { code: string }).code]).toEqual([409, 'project_archived']);
  });
});
