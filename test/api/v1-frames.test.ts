import request, { type Response } from 'supertest';
import { put, TestApi } from './api-harness';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('v1-frames');
});
afterAll(() => api.stop());
afterEach(() => api.restore());

interface FrameObject {
  task_id: string;
  label_data: { uuid: string; label_coordinate_frame: string }[];
  [key: string]: unknown;
}

const v1 = (path: string, body?: unknown, key = api.admin): Promise<Response> => {
  const test =
    body === undefined ? request(api.api.app).get(`/api/v1${path}`) : request(api.api.app).post(`/api/v1${path}`);
  return test.set('x-illume-api-key', key).send(body as object) as unknown as Promise<Response>;
};

const label = (label_id: string, more: object = {}) => ({
  label_id,
  type: 'BBOX_2D',
  class: 'WBC',
  geometry: { left: 1, top: 2, width: 3, height: 4 },
  ...more,
});

describe('reading frames back', () => {
  let path: string;
  const IDS = ['a b', 'f1', 'f2', 'f3', 'é', '%2F'];
  const IN_ORDER = ['%2F', 'a b', 'f1', 'f2', 'f3', 'é'];

  beforeAll(async () => {
    path = await api.dataset('reading', 'd');
    await api.upload(
      path,
      IDS.map((id) => put(id, { metadata: { n: 1, list: [1, 2.5], big: 2 } })),
    );
    await api.upload(path, [{ op: 'delete', frame_id: 'f3' }, put('f2', { metadata: { n: 2 } })]);
    await api.call('PUT', `${path}/tags/first`, { body: { version: 1 } });
  });

  it('lists the ids of LATEST, of a number, of a tag and of a time', async () => {
    const latest = await v1(`${path}/frame_ids/LATEST`);
    expect([latest.status, latest.type]).toEqual([200, 'application/json']);
    expect(latest.body).toEqual(IN_ORDER.filter((id) => id !== 'f3'));
    for (const version of ['1', 'first']) expect((await v1(`${path}/frame_ids/${version}`)).body).toEqual(IN_ORDER);
    const { created_at } = (await api.get(`${path}/versions/1`)).body as { created_at: string };
    expect((await v1(`${path}/frame_ids/${created_at}`)).body).toEqual(IN_ORDER);
    expect((await v1(`${path}/frame_ids/0`)).text).toBe('[]');
  });

  it('lists ids page by page, read from the index alone', async () => {
    const real = api.store.frames.ids;
    const read = api.replace('frames', 'ids', (key, version, { after }) => real(key, version, { after, limit: 2 }));
    const frames = api.replace('frames', 'page');
    expect((await v1(`${path}/frame_ids/1`)).body).toEqual(IN_ORDER);
    expect(read).toHaveBeenCalledTimes(3);
    expect(frames).not.toHaveBeenCalled();
  });

  it('answers one frame as the client rebuilds it', async () => {
    const answer = await v1(`${path}/frame/f1/LATEST`);
    expect([answer.status, answer.type]).toEqual([200, 'application/json']);
    expect(answer.body).toMatchObject({
      task_id: 'f1',
      device_id: 'default_device',
      date_captured: null,
      label_data: [{ uuid: 'b1', label: 'WBC', label_coordinate_frame: 'DEFAULT' }],
      sensor_data: [{ sensor_type: 'IMAGE_V0', data_urls: { image_url: 'https://example.org/f1.jpg' } }],
    });
    expect(answer.text).toContain('"user__list":[1.0,2.5]');
    expect((await v1(`${path}/frame/a%20b/LATEST`)).body).toMatchObject({ task_id: 'a b' });
    expect((await v1(`${path}/frame/f3/1`)).body).toMatchObject({ task_id: 'f3' });
  });

  it.each([
    ['an unknown frame', 'frame/none/LATEST', 'frame_not_found', /no frame "none" at version 2/],
    ['a frame that is deleted', 'frame/f3/LATEST', 'frame_not_found', /no frame "f3"/],
    ['an unknown version', 'frame_ids/99', 'version_not_found', /99/],
    ['an unknown tag', 'frame_ids/nowhere', 'version_not_found', /nowhere/],
    ['no version', 'frame_ids/-1', 'invalid_version', /Expected/],
    ['a time to come', 'frame_ids/2999-01-01T00:00:00Z', 'version_in_future', /past/],
    ['a time before the first version', 'frame_ids/1999-01-01T00:00:00Z', 'no_version_at_time', /later time/],
  ])('answers 422 with a message for %s', async (_what, at, code, message) => {
    const answer = await v1(`${path}/${at}`);
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({ code, message: expect.stringMatching(message) as string });
  });

  it('answers 422 for a dataset that is not there', async () => {
    for (const at of ['frame_ids/LATEST', 'frame/f/LATEST']) {
      const answer = await v1(`/projects/reading/datasets/none/${at}`);
      expect([answer.status, answer.body.code]).toEqual([422, 'dataset_not_found']);
    }
    expect((await v1('/projects/none/datasets/d/frame_ids/LATEST')).status).toBe(422);
  });

  it('answers many frames, each once, without those unknown', async () => {
    const answer = await v1(`${path}/frames/LATEST`, {
      frame_ids: ['f2', 'none', '%2F', 'f2', 'f3', '$ne', '__proto__'],
    });
    expect(answer.status).toBe(200);
    expect((answer.body as FrameObject[]).map(({ task_id }) => task_id)).toEqual(['f2', '%2F']);
    expect((await v1(`${path}/frames/LATEST`, { frame_ids: [] })).body).toEqual([]);
    const old = (await v1(`${path}/frames/1`, { frame_ids: ['f3'] })).body as FrameObject[];
    expect(old).toMatchObject([{ task_id: 'f3', user__n: 1 }]);
  });

  it('reads many frames a hundred at a time', async () => {
    const read = api.replace('frames', 'getMany');
    const frame_ids = Array.from({ length: 250 }, (_, n) => `none${n}`);
    expect((await v1(`${path}/frames/LATEST`, { frame_ids })).body).toEqual([]);
    expect(read.mock.calls.map(([, , ids]) => (ids as string[]).length)).toEqual([100, 100, 50]);
  });

  it('answers the window of each frame, which is its revision', async () => {
    const answer = await v1(`${path}/frame_windows/LATEST`, { frame_ids: ['f1', 'none', 'f2', 'f1', 'f3'] });
    expect(new Map(answer.body as [string, string][])).toEqual(
      new Map([
        ['f1', '1'],
        ['f2', '2'],
      ]),
    );
    expect(answer.body).toHaveLength(2);
  });

  it('refuses too many ids, too large a body, and ids that are no texts', async () => {
    const many = await v1(`${path}/frames/LATEST`, { frame_ids: Array.from({ length: 100_001 }, (_, n) => `${n}`) });
    expect(many.status).toBe(422);
    expect(many.body.message).toMatch(/at most 100,000 ids; ask in several requests/);
    const large = await v1(`${path}/frame_windows/LATEST`, { frame_ids: ['x'.repeat(17 * 1024 * 1024)] });
    expect([large.status, large.body.code]).toEqual([413, 'body_too_large']);
    for (const frame_ids of [[1], 'f1', null, [null], [{ $ne: '' }]]) {
      const answer = await v1(`${path}/frames/LATEST`, { frame_ids });
      expect([answer.status, answer.body.code]).toEqual([422, 'invalid_request']);
    }
  });

  it('keeps to the key’s project and role', async () => {
    const other = await api.key('reader', ['elsewhere']);
    expect((await v1(`${path}/frame_ids/LATEST`, undefined, other)).status).toBe(403);
    expect((await v1(`${path}/frames/LATEST`, { frame_ids: ['f1'] }, other)).status).toBe(403);
    const reader = await api.key('reader', ['reading']);
    expect((await v1(`${path}/frames/LATEST`, { frame_ids: ['f1'] }, reader)).status).toBe(200);
    expect((await v1(`${path}/frame_ids/LATEST`, undefined, 'nobody')).status).toBe(401);
  });

  it('says so when reading fails before the first bytes, and cuts the connection after them', async () => {
    const failing = (first: string[]) =>
      api.replace('frames', 'ids', async (_key, _version, { after }) => {
        if (after !== undefined) throw new Error('The database went away');
        return { items: first, next: 'more' };
      });
    failing(['f1']);
    const answer = await v1(`${path}/frame_ids/1`);
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    api.restore();
    failing(['x'.repeat(100_000)]);
    await expect(v1(`${path}/frame_ids/1`)).rejects.toThrow(/aborted/);
  });

  it('fills in the sensor of labels that came in without one', async () => {
    await api.upload(path, [put('bare', { labels: [label('1'), label('b')] })]);
    const { body } = (await v1(`${path}/frame/bare/LATEST`)) as { body: FrameObject };
    expect(body.label_data).toMatchObject([
      { uuid: '"1"', label_coordinate_frame: 'DEFAULT' },
      { uuid: 'b', label_coordinate_frame: 'DEFAULT' },
    ]);
  });
});

describe('what else is read', () => {
  it('is archived datasets', async () => {
    const path = await api.dataset('archive', 'd');
    await api.upload(path, [put('f1')]);
    const archived = request(api.api.app).delete('/api/v1/projects/archive/datasets/d');
    expect((await archived.set('x-illume-api-key', api.admin)).status).toBe(200);
    expect((await v1(`${path}/frame_ids/LATEST`)).body).toEqual(['f1']);
    expect((await v1(`${path}/frame/f1/LATEST`)).body).toMatchObject({ task_id: 'f1' });
  });

  it('is inference sets, whose frames have no sensors of their own', async () => {
    const base = await api.store.datasets.get('reading', 'd');
    const set = await api.store.inferenceSets.open(base.key, 'model_1');
    const path = `/projects/reading/datasets/${set.dataset}`;
    await api.upload(path, [
      { op: 'put', frame_id: 'f1', frame: { labels: [label('i1', { confidence: 0.5, sensor_id: 'DEFAULT' })] } },
    ]);
    expect((await v1(`${path}/frame_ids/LATEST`)).body).toEqual(['f1']);
    expect((await v1(`${path}/frame/f1/LATEST`)).body).toMatchObject({
      sensor_data: [{ sensor_id: 'DEFAULT', data_urls: { image_url: 'about:blank' } }],
      label_data: [{ uuid: 'i1', label_coordinate_frame: 'DEFAULT', attributes: { confidence: 0.5 } }],
    });
  });
});

describe('verifying urls', () => {
  const verify = (urls: unknown) => v1('/datasets/verify_urls', { urls });

  it('skips whatever is not of its own store, and asks nobody', async () => {
    const fetched = jest.spyOn(globalThis, 'fetch');
    const urls = [
      'http://169.254.169.254/latest/meta-data',
      's3://bucket/a',
      'a text of a sensor',
      '',
      '__proto__',
      'constructor',
      'x'.repeat(100_000),
      '\ud800',
      `${api.publicUrl}/objects/none`,
      `${api.publicUrl}/objects/../healthz`,
      `${api.publicUrl}.example.org/objects/none`,
    ];
    const answer = await verify([...urls, ...urls]);
    expect(answer.status).toBe(200);
    expect(new Map(Object.entries(answer.body as object))).toEqual(new Map(urls.map((url) => [url, 'SKIPPED'])));
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockRestore();
  });

  it('finds complete objects of its own store', async () => {
    await api.dataset('verifying', 'd');
    const made = async (bytes: string | null): Promise<string> => {
      const object = { project: 'verifying', dataset: 'd', filename: 'a.png', kind: 'ASSET' } as const;
      const { object_id, upload_token } = await api.store.objects.create(object);
      if (bytes !== null) await api.store.objects.putWhole(upload_token, chunks(Buffer.from(bytes)));
      return `${api.publicUrl}/objects/${object_id}`;
    };
    const [whole, pending] = [await made('bytes'), await made(null)];
    expect((await verify([whole, pending])).body).toEqual({ [whole]: 'SUCCESS', [pending]: 'SKIPPED' });
  });

  it('refuses what is no list of texts', async () => {
    for (const urls of [undefined, 'http://h', [1], [null]]) expect((await verify(urls)).status).toBe(422);
    expect((await verify(Array.from({ length: 1_001 }, () => ''))).status).toBe(422);
    expect((await verify(['x'.repeat(5 * 1024 * 1024)])).status).toBe(413);
  });
});

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}
