import { put, TestApi } from './api-harness';

let api: TestApi;
let dataset: string;
beforeAll(async () => {
  api = await TestApi.start('idempotency');
  dataset = await api.dataset('p', 'd');
  await api.upload(dataset, [put('a')]);
  await api.upload(dataset, [put('a', { device_id: 'x' })]);
});
afterAll(() => api.stop());

let made = 0;
const newKey = () => `key-${++made}`;
const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });
const uploads = async (kind: string) =>
  (await api.get(`${dataset}/uploads?kind=${kind}&limit=1000`)).body.items as unknown[];

describe('a request with an Idempotency-Key', () => {
  it.each([
    ['a project', () => '/projects', { id: 'q', label_classes: ['a'] }, { id: 'q', label_classes: ['b'] }],
    ['a dataset', () => '/projects/p/datasets', { id: 'e' }, { id: 'e', mode: 'BATCH' }],
    ['an upload', () => `${dataset}/uploads`, { message: 'one' }, { message: 'two' }],
    ['a rollback', () => `${dataset}/rollback`, { to: 1 }, { to: 0 }],
  ])('makes %s once, and refuses its key for another body', async (_, path, body, other) => {
    const key = newKey();
    const first = await api.post(path(), body, keyed(key));
    expect(first.status).toBeLessThan(300);
    const replay = await api.post(path(), body, keyed(key));
    expect([replay.status, replay.body, replay.headers.location]).toEqual([
      first.status,
      first.body,
      first.headers.location,
    ]);
    const reused = await api.post(path(), other, keyed(key));
    expect(reused).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('that is sent twice at a time is done once', async () => {
    const before = (await uploads('STREAMING')).length;
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 5 }, () => api.post(`${dataset}/uploads`, {}, keyed(key))));
    expect(new Set(answers.map(({ body }) => body.upload_id as string)).size).toBe(1);
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    expect(await uploads('STREAMING')).toHaveLength(before + 1);
  });

  it('that fails leaves its key free', async () => {
    const key = newKey();
    expect((await api.post('/projects/p/datasets', { id: 'd' }, keyed(key))).body.code).toBe('dataset_exists');
    expect((await api.post('/projects/p/datasets', { id: 'free' }, keyed(key))).status).toBe(201);
  });

  it('is another request on another dataset', async () => {
    const other = await api.dataset('p', 'elsewhere');
    const key = newKey();
    const here = await api.post(`${dataset}/uploads`, {}, keyed(key));
    const there = await api.post(`${other}/uploads`, {}, keyed(key));
    expect(there.body.upload_id).not.toBe(here.body.upload_id);
  });

  it('is taken over from a process that died, without a second upload', async () => {
    const key = newKey();
    const { key: number } = await api.store.datasets.get('p', 'd');
    const id = `open upload of ${number}/${key}`;
    const { body_hash } = await claimOf(async () => api.post(`${dataset}/uploads`, {}, keyed(key)), id);
    // As the dead process left it: the upload open, its id noted, no answer kept.
    const left = (await api.store.database.c.idempotency.findOne({ _id: id }))?.response?.body as { upload_id: string };
    await api.store.database.c.idempotency.updateOne(
      { _id: id },
      {
        $set: { state: 'RUNNING', body_hash, resume: left, beat_at: new Date(0), owner: 'dead' },
        $unset: { response: 1 },
      },
    );
    const answer = await api.post(`${dataset}/uploads`, {}, keyed(key));
    expect(answer).toMatchObject({ status: 201, body: left });
  });

  it.each(['', 'with space', 'x'.repeat(256), 'ä'])('refuses the key %j', async (key) => {
    const answer = await api.post(
      `${dataset}/uploads`,
      {},
      { headers: { 'idempotency-key': Buffer.from(key).toString('latin1') } },
    );
    expect(answer.body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'headers.idempotency-key' }] });
  });
});

async function claimOf(send: () => Promise<unknown>, id: string): Promise<{ body_hash: string }> {
  await send();
  const record = await api.store.database.c.idempotency.findOne({ _id: id });
  if (record === null) throw new Error(`No record of ${id}`);
  return record;
}
