import { gzipSync } from 'node:zlib';
import type { DatasetRecord, UploadRecord } from '../../store/records';
import { connectStore, type MongoStore } from '../../store/mongo';
import { freshDatabaseName, testMongoUri } from '../support/engines';
import { eventually } from '../support/eventually';
import { type IntakeServer, send, startIntake } from './intake-server';

let store: MongoStore;
let server: IntakeServer;
let dataset: DatasetRecord;
let upload: UploadRecord;

beforeAll(async () => {
  store = await connectStore(testMongoUri(freshDatabaseName('intake_keys')));
  server = await startIntake(store, { claimPollMs: 20, claimBeatMs: 100 });
  await store.projects.create({ project: 'p', label_classes: [], primary_task: '2D_OBJECT_DETECTION' });
});
afterAll(async () => {
  await server.close();
  await store.database.db.dropDatabase();
  await store.close();
});
let made = 0;
beforeEach(async () => {
  dataset = await store.datasets.create({ project: 'p', dataset: `d${++made}`, mode: 'STREAMING' });
  upload = await store.uploads.open(dataset.key, { kind: 'STREAMING', created_by: 'tester', message: '' });
});

const uploadPath = () => `/api/v2/projects/p/datasets/${dataset.dataset}/uploads/${upload.upload_id}`;
const item = (id: string) => JSON.stringify({ op: 'put', frame_id: id, frame: {} });
const post = (body: Parameters<typeof send>[3], key: string, headers: Record<string, string> = {}) =>
  send(server.port, 'POST', `${uploadPath()}/items`, body, {
    'content-type': 'application/x-ndjson',
    'idempotency-key': key,
    ...headers,
  });
const put = (frame: string, body: string, key: string, query = '') =>
  send(server.port, 'PUT', `/api/v2/projects/p/datasets/${dataset.dataset}/frames/${frame}${query}`, body, {
    'content-type': 'application/json',
    'idempotency-key': key,
  });
const received = async () => (await store.uploads.get(dataset.key, upload.upload_id)).counts.received;
const writesStaged = async () =>
  (await store.database.c.submissions.find({ dataset: dataset.key }).toArray()).map(({ items }) => items);
const claims = () =>
  store.database.c.idempotency
    .find({ _id: { $regex: `^(upload/${upload.upload_id}|dataset/${dataset.key})/` } })
    .toArray();

/** When the first claim of the test was made or last renewed; waits until there is one. */
async function firstBeat(): Promise<number> {
  await eventually(async () => expect(await claims()).toHaveLength(1));
  return (await claims())[0]?.beat_at.getTime() ?? 0;
}

/** Counts how often a key is asked for, from now on. */
function countClaims() {
  const real = store.idempotency.claim;
  const looks = { count: 0, end: () => void (store.idempotency.claim = real) };
  store.idempotency.claim = (...args) => {
    looks.count++;
    return real(...args);
  };
  return looks;
}

function newGate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** A process that claimed the key and died so long ago that others may take over. */
async function deadTwin(id: string, hash: string, resume: Record<string, unknown>) {
  const claimed = await store.idempotency.claim(id, hash, 'dead');
  if (claimed.outcome !== 'claimed') throw new Error(`The key was ${claimed.outcome}`);
  await store.idempotency.note(claimed.claim, resume);
  await store.database.c.idempotency.updateOne({ _id: id }, { $set: { beat_at: new Date(Date.now() - 60_000) } });
}

describe('a post with an Idempotency-Key', () => {
  it('is done once; sent again it gets the first status, body and Location', async () => {
    await post(item('before'), 'k0');
    const first = await post(`${item('a')}\n${item('b')}`, 'k1');
    expect(first).toMatchObject({ status: 202, body: { first_index: 1, count: 2 } });
    await post(item('between'), 'k2');
    const again = await post(gzipSync(`${item('a')}\n${item('b')}`), 'k1', { 'content-encoding': 'gzip' });
    expect([again.status, again.body, again.headers.location]).toEqual([
      first.status,
      first.body,
      first.headers.location,
    ]);
    expect(await received()).toBe(4);
  });

  it('may be a JSON body too', async () => {
    const type = { 'content-type': 'application/json' };
    expect((await post(`[\n${item('a')}]`, 'k1', type)).body).toEqual({ first_index: 0, count: 1 });
    expect((await post(`[\n${item('a')}]`, 'k1', type)).body).toEqual({ first_index: 0, count: 1 });
    expect(await received()).toBe(1);
  });

  it('is refused when the key came with another body before', async () => {
    await post(item('a'), 'k1');
    expect(await post(item('b'), 'k1')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect(await received()).toBe(1);
  });

  it('is answered after the upload was closed, as it was then', async () => {
    await post(item('a'), 'k1');
    await store.uploads.close(dataset.key, upload.upload_id);
    expect(await post(item('a'), 'k1')).toMatchObject({ status: 202, body: { first_index: 0, count: 1 } });
  });

  it('leaves the key free when it was refused', async () => {
    expect(await post('\n', 'k1')).toMatchObject({ status: 422 });
    expect(await claims()).toEqual([]);
    expect(await post(item('a'), 'k1')).toMatchObject({ status: 202 });
  });

  it('waits for its twin that is still running, and gets the same answer', async () => {
    const gate = newGate();
    async function* slowly() {
      yield `${item('a')}\n`;
      await gate.opened;
      yield item('b');
    }
    const first = post(slowly(), 'k1');
    const beat = await firstBeat();
    // It says that it is alive, or others would take it for dead.
    await eventually(async () => expect((await claims())[0]?.beat_at.getTime()).toBeGreaterThan(beat));
    const looks = countClaims();
    const second = post(`${item('a')}\n${item('b')}`, 'k1');
    await eventually(() => expect(looks.count).toBeGreaterThan(2));
    looks.end();
    gate.open();
    const answers = await Promise.all([first, second]);
    expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(
      Array(2).fill({ status: 202, body: { first_index: 0, count: 2 } }),
    );
    expect(await received()).toBe(2);
  });

  it('does the work itself when its twin is refused', async () => {
    const gate = newGate();
    async function* slowEmpty() {
      yield '\n';
      await gate.opened;
      yield '\n';
    }
    const refused = post(slowEmpty(), 'k1');
    await firstBeat();
    const looks = countClaims();
    const taking = post(item('a'), 'k1');
    await eventually(() => expect(looks.count).toBeGreaterThan(1));
    looks.end();
    gate.open();
    const [first, second] = await Promise.all([refused, taking]);
    expect([first.status, second.status]).toEqual([422, 202]);
  });

  it('takes over from a twin that died, and removes what that had staged', async () => {
    const half = await store.staging.begin(dataset.key, upload.upload_id);
    await store.staging.putChunk(half, {
      index: 0,
      offset: 0,
      body: Buffer.from(item('a')),
      frame_ids: ['a'],
      lines: [1],
      broken: [],
    });
    await deadTwin(`upload/${upload.upload_id}/k1`, '', { submission_id: half.submission_id });
    expect(await post(item('a'), 'k1')).toMatchObject({ status: 202, body: { first_index: 0, count: 1 } });
    expect(await store.database.c.chunks.countDocuments({ upload_id: upload.upload_id })).toBe(1);
    expect(await post(item('a'), 'k1')).toMatchObject({ status: 202, body: { first_index: 0, count: 1 } });
  });

  it('that fell silent and was taken over stages nothing and says to ask again', async () => {
    async function* body() {
      yield `${item('a')}\n`;
      await firstBeat();
      await store.database.c.idempotency.updateOne(
        { _id: `upload/${upload.upload_id}/k1` },
        { $set: { owner: 'successor' } },
      );
      yield item('b');
    }
    expect(await post(body(), 'k1')).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.any(String) as string },
    });
    expect(await received()).toBe(0);
    expect(await store.database.c.chunks.countDocuments({ upload_id: upload.upload_id })).toBe(0);
  });
});

describe('a single write with an Idempotency-Key', () => {
  it('is done once; sent again it gets the first answer', async () => {
    const first = await put('a', '{"device_id":"x"}', 'k1');
    expect(first).toMatchObject({ status: 202, body: { item: 0 } });
    const again = await put('a', '{"device_id":"x"}', 'k1');
    expect([again.status, again.body, again.headers.location]).toEqual([
      first.status,
      first.body,
      first.headers.location,
    ]);
    expect(await writesStaged()).toEqual([1]);
  });

  it.each([
    ['another body', 'a', '{"device_id":"y"}'],
    ['another frame', 'b', '{"device_id":"x"}'],
  ])('is refused with %s', async (_, frame, body) => {
    await put('a', '{"device_id":"x"}', 'k1');
    expect(await put(frame, body, 'k1')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('is another write in another dataset', async () => {
    await put('a', '{"device_id":"x"}', 'k1');
    dataset = await store.datasets.create({ project: 'p', dataset: `d${++made}`, mode: 'STREAMING' });
    expect(await put('a', '{"device_id":"y"}', 'k1')).toMatchObject({ status: 202 });
  });

  it('is done once however many twins come at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => put('a', '{}', 'k1')));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(answers[0]?.status).toBe(202);
    expect(await writesStaged()).toEqual([1]);
  });

  it('takes over from a twin that died after it had staged the write', async () => {
    const { upload_id } = await store.staging.openDirect(dataset.key, 'tester');
    await put('a', '{}', 'probe');
    const [probe] = await claims();
    const id = `dataset/${dataset.key}/k1`;
    await deadTwin(id, probe?.body_hash ?? '', { upload_id, item: 7 });
    expect(await put('a', '{}', 'k1')).toMatchObject({ status: 202, body: { upload_id, item: 7 } });
  });

  it('is staged together with others, and does not fail them when its key was taken over', async () => {
    await put('z', '{}', 'warm-up');
    const realClaim = store.idempotency.claim.bind(store.idempotency);
    const claimed = store.idempotency.claim;
    store.idempotency.claim = async (id, hash, owner) => {
      const result = await realClaim(id, hash, owner);
      if (id.endsWith('/stolen'))
        await store.database.c.idempotency.updateOne({ _id: id }, { $set: { owner: 'successor' } });
      return result;
    };
    try {
      const answers = await Promise.all([put('a', '{}', 'stolen'), put('b', '{}', 'k2'), put('c', '{}', 'k3')]);
      expect(answers.map(({ status }) => status)).toEqual([503, 202, 202]);
    } finally {
      store.idempotency.claim = claimed;
    }
  });
});
