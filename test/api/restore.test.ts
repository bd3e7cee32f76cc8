import { put, TestApi } from './api-harness';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('restore');
});
afterAll(() => api.stop());

let made = 0;
const fresh = () => api.dataset('p', `d${++made}`);
const version = async (dataset: string, selector: string | number = 'latest') =>
  (await api.get(`${dataset}/versions/${selector}`)).body as { version: number; content_hash: string; kind: string };

async function started(dataset: string, path: string, body: object = {}): Promise<Record<string, unknown>> {
  const answer = await api.post(`${dataset}/${path}`, body);
  expect(answer.status).toBe(202);
  expect(answer.headers.location).toBe(`/api/v2${dataset}/uploads/${answer.body.upload_id}`);
  return api.ended(dataset, answer.body.upload_id as string) as Promise<Record<string, unknown>>;
}

describe('a rollback', () => {
  it('writes a new version with the old content and hash', async () => {
    const dataset = await fresh();
    await api.upload(dataset, [put('a'), put('b')]);
    await api.call('PUT', `${dataset}/tags/good`, { body: { version: 1 } });
    await api.upload(dataset, [put('a', { device_id: 'x' }), { op: 'delete', frame_id: 'b' }, put('c')]);
    const upload = await started(dataset, 'rollback', { to: 'good', message: 'undo' });
    expect(upload).toMatchObject({
      kind: 'ROLLBACK',
      state: 'DONE',
      message: 'undo',
      first_version: 3,
      counts: { applied: 3 },
    });
    const [old, now] = [await version(dataset, 1), await version(dataset)];
    expect(now).toMatchObject({ version: 3, kind: 'ROLLBACK', content_hash: old.content_hash });
    expect((await api.get(`${dataset}/diff?from=1&to=3`)).body.items).toEqual([]);
    expect((await api.get(`${dataset}/frames?version=2`)).body.items).toHaveLength(2);
  });

  it('to version 0 empties the dataset', async () => {
    const dataset = await fresh();
    await api.upload(dataset, [put('a')]);
    await started(dataset, 'rollback', { to: 0 });
    expect((await version(dataset)).content_hash).toBe((await version(dataset, 0)).content_hash);
    expect((await api.get(`${dataset}/frames`)).body.items).toEqual([]);
  });

  it('to the head is refused', async () => {
    const dataset = await fresh();
    expect((await api.post(`${dataset}/rollback`, { to: 0 })).body.code).toBe('already_at_version');
    await api.upload(dataset, [put('a')]);
    for (const to of [1, '1', 'latest']) {
      expect((await api.post(`${dataset}/rollback`, { to })).body.code).toBe('already_at_version');
    }
    expect((await api.post(`${dataset}/rollback`, {})).body).toMatchObject({ errors: [{ path: 'to' }] });
  });
});

describe('a revert', () => {
  it('takes back what one upload did and keeps the rest', async () => {
    const dataset = await fresh();
    await api.upload(dataset, [put('a'), put('b')]);
    const second = await api.upload(dataset, [
      put('a', { device_id: 'x' }),
      put('new'),
      { op: 'delete', frame_id: 'b' },
    ]);
    await api.upload(dataset, [put('later')]);
    const upload = await started(dataset, `uploads/${second}/revert`);
    expect(upload).toMatchObject({ kind: 'REVERT', state: 'DONE', first_version: 4 });
    const frames = (await api.get(`${dataset}/frames`)).body.items as { frame_id: string }[];
    expect(frames.map(({ frame_id }) => frame_id)).toEqual(['a', 'b', 'later']);
    expect(frames[0]).not.toHaveProperty('device_id');
  });

  it('reports the frames that were changed since, and writes nothing', async () => {
    const dataset = await fresh();
    const first = await api.upload(dataset, [put('a'), put('b')]);
    await api.upload(dataset, [put('a', { device_id: 'x' })]);
    const answer = await api.post(`${dataset}/uploads/${first}/revert`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'revert_conflict', frames: ['a'] } });
    expect((await version(dataset)).version).toBe(2);
    const uploads = await api.get(`${dataset}/uploads?kind=REVERT`);
    expect(uploads.body.items).toEqual([]);
  });

  it('is refused for an upload that has not ended or does not exist', async () => {
    const dataset = await fresh();
    const { upload_id } = (await api.post(`${dataset}/uploads`)).body as { upload_id: string };
    expect((await api.post(`${dataset}/uploads/${upload_id}/revert`)).body.code).toBe('upload_not_finished');
    expect((await api.post(`${dataset}/uploads/none/revert`)).body.code).toBe('upload_not_found');
  });
});

describe('verify', () => {
  it('recomputes the hash of any version', async () => {
    const dataset = await fresh();
    const empty = await api.post(`${dataset}/verify`);
    expect(empty.body).toMatchObject({ version: 0, ok: true, frames: 0, mismatched: [] });
    await api.upload(
      dataset,
      Array.from({ length: 600 }, (_, n) => put(`f${n}`)),
    );
    await api.upload(dataset, [{ op: 'delete', frame_id: 'f1' }, put('f2', { embedding: [1, 2] })]);
    for (const [asked, frames] of [
      [1, 600],
      ['latest', 599],
    ] as const) {
      const { body } = await api.post(`${dataset}/verify`, { version: asked });
      expect(body).toMatchObject({ ok: true, frames, mismatched: [] });
      expect(body.computed_hash).toBe((await version(dataset, asked)).content_hash);
    }
  });

  it('names frames whose content was tampered with', async () => {
    const dataset = await fresh();
    await api.upload(dataset, [put('a'), put('b')]);
    const { key } = await api.store.datasets.get('p', dataset.split('/').at(-1) ?? '');
    await api.store.database.c.frames.updateOne({ dataset: key, frame_id: 'b' }, { $set: { device_id: 'forged' } });
    const { body } = await api.post(`${dataset}/verify`);
    expect(body).toMatchObject({ ok: false, mismatched: ['b'] });
    expect(body.computed_hash).not.toBe(body.content_hash);
  });
});

describe('an export', () => {
  it('can be uploaded into another dataset, which then has the same hash', async () => {
    const dataset = await fresh();
    const label = {
      label_id: 'é',
      type: 'BBOX_2D',
      class: 'WBC',
      geometry: { left: 0, top: 0, width: 1, height: 1 },
      metadata: { x: [1, null, 'NaN'] },
    };
    await api.upload(dataset, [
      put('a', { embedding: [0.1, 2], metadata: { n: 1 }, labels: [{ ...label, embedding: [0.3] }] }),
      put('\u{1f600}', { custom_metrics: { loss: 'Infinity' }, labels: [] }),
    ]);
    const answer = await api.get(`${dataset}/export?version=1&format=ndjson`);
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="d\d+-v1\.ndjson"$/);
    expect(answer.headers['x-dataset-version']).toBe('1');
    const items = answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const copy = await fresh();
    await api.upload(copy, items);
    expect((await version(copy)).content_hash).toBe((await version(dataset)).content_hash);
  });

  it('goes on after a frame, leaves vectors out when asked, and knows no other format', async () => {
    const dataset = await fresh();
    await api.upload(dataset, [put('a', { embedding: [1] }), put('b', { embedding: [2] })]);
    const rest = await api.get(`${dataset}/export?after=a&embeddings=false`);
    expect(
      rest.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([{ op: 'put', frame_id: 'b' }]);
    expect(rest.text).not.toContain('embedding');
    for (const format of ['coco', 'parquet']) {
      expect((await api.get(`${dataset}/export?format=${format}`)).body.code).toBe('unsupported_format');
    }
  });

  it('of an empty version is empty', async () => {
    const answer = await api.get(`${await fresh()}/export`);
    expect(answer).toMatchObject({ status: 200, type: 'application/x-ndjson', text: '' });
  });
});
