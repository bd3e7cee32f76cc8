import { INTAKE_LIMITS } from '../../api/intake';
import { WriteJoiner } from '../../api/intake/write-joiner';
import { StoreError } from '../../store/errors';
import type { DatasetRecord } from '../../store/records';
import { connectStore, type MongoStore } from '../../store/mongo';
import type { Store } from '../../store/store';
import { freshDatabaseName, testMongoUri } from '../support/engines';
import { eventually } from '../support/eventually';
import { type IntakeServer, send, startIntake } from './intake-server';

let store: MongoStore;
let server: IntakeServer;
let dataset: DatasetRecord;
/** Groups given to the store, by the frames in them. */
let groups: string[][];
/** What the store waits for before it stages a group. */
let held: Promise<void> | undefined;
/** What the caller hears of a group that was staged, in place of the answer. */
let lost: Error | undefined;

beforeAll(async () => {
  store = await connectStore(testMongoUri(freshDatabaseName('intake_writes')));
  await store.projects.create({ project: 'p', label_classes: [], primary_task: '2D_OBJECT_DETECTION' });
});
afterAll(async () => {
  await store.database.db.dropDatabase();
  await store.close();
});
let made = 0;
beforeEach(async () => {
  groups = [];
  held = undefined;
  lost = undefined;
  dataset = await store.datasets.create({ project: 'p', dataset: `d${++made}`, mode: 'STREAMING' });
  server = await startIntake(recording(store));
});
afterEach(() => server.close());

/** The real store; it is only written down what goes in together. */
function recording(real: MongoStore): Store {
  const staging: Store['staging'] = {
    ...methodsOf(real.staging),
    stageDirect: async (key, upload_id, first, writes) => {
      groups.push(writes.map(({ frame_id }) => frame_id));
      await held;
      await real.staging.stageDirect(key, upload_id, first, writes);
      if (lost) throw lost;
    },
  };
  return { ...real, staging };
}

function methodsOf(real: Store['staging']): Store['staging'] {
  return {
    begin: (...args) => real.begin(...args),
    putChunk: (...args) => real.putChunk(...args),
    complete: (...args) => real.complete(...args),
    abandon: (...args) => real.abandon(...args),
    openDirect: (...args) => real.openDirect(...args),
    stageDirect: (...args) => real.stageDirect(...args),
    closeDirect: (...args) => real.closeDirect(...args),
  };
}

const path = (frame: string) => `/api/v2/projects/p/datasets/${dataset.dataset}/frames/${frame}`;
const write = (method: string, frame: string, body?: string, headers: Record<string, string> = {}, query = '') =>
  send(server.port, method, path(frame) + query, body, { 'content-type': 'application/json', ...headers });
const put = (frame: string, body = '{}', headers: Record<string, string> = {}) => write('PUT', frame, body, headers);

/** The staged lines of an upload, by item number. */
async function lines(upload_id: string): Promise<string[]> {
  const { submissions, bodies } = store.database.c;
  const found: string[] = [];
  for (const { _id, first_item, packed } of await submissions.find({ upload_id }).sort({ first_item: 1 }).toArray()) {
    expect(first_item).toBe(found.length);
    const body = packed ?? (await bodies.findOne({ _id: { $regex: `^${_id}` } }));
    found.push(
      ...Buffer.from(body?.body.buffer ?? [])
        .toString()
        .split('\n'),
    );
  }
  return found;
}

describe('a single write', () => {
  it('is taken durably and says where its outcome will be', async () => {
    const answer = await put('a', '{"device_id":"x"}');
    expect(answer).toMatchObject({ status: 202, body: { item: 0 } });
    const upload_id = String(answer.body.upload_id);
    expect(answer.headers.location).toBe(`/api/v2/projects/p/datasets/${dataset.dataset}/uploads/${upload_id}`);
    expect(await store.uploads.get(dataset.key, upload_id)).toMatchObject({
      kind: 'DIRECT',
      created_by: 'tester',
      state: 'OPEN',
    });
    expect(server.hinted).toContain(dataset.key);
  });

  it('keeps the text of the frame, on one line', async () => {
    const frame = '{ "metadata": {"n": 9007199254740993, "x": 1.50},\r\n\t"device_id": "a\\nb" }';
    const { body } = await put('a%20%22b', frame);
    await write('PATCH', 'c', '{"metadata":{"k":null}}');
    await write('DELETE', 'd');
    await write('PUT', 'e', '{"frame_id":"e"}', { 'if-match': '"3"' }, '?wait=0');
    expect(await lines(String(body.upload_id))).toEqual([
      `{"op":"put","frame_id":"a \\"b","frame":${frame.replace('\r\n', ' ')}}`,
      '{"op":"patch","frame_id":"c","frame":{"metadata":{"k":null}}}',
      '{"op":"delete","frame_id":"d"}',
      '{"op":"put","frame_id":"e","if_version":3,"frame":{"frame_id":"e"}}',
    ]);
  });

  it.each([
    ['no JSON', 'PUT', 'a', '{"a":', {}, '', 400, 'malformed_body'],
    ['no body', 'PUT', 'a', '', {}, '', 400, 'malformed_body'],
    ['a list', 'PUT', 'a', '[]', {}, '', 422, 'invalid_request'],
    ['another frame_id inside', 'PATCH', 'a', '{"frame_id":"b"}', {}, '', 422, 'invalid_request'],
    ['an id with a slash', 'PUT', 'a%2Fb', '{}', {}, '', 422, 'invalid_id'],
    ['an id with a control character', 'DELETE', 'a%00', undefined, {}, '', 422, 'invalid_id'],
    ['a broken escape', 'PUT', 'a%ZZ', '{}', {}, '', 400, 'malformed_path'],
    ['another type', 'PUT', 'a', '{}', { 'content-type': 'text/plain' }, '', 415, 'unsupported_media_type'],
    ['too long a wait', 'PUT', 'a', '{}', {}, '?wait=61s', 422, 'invalid_request'],
    ['a wait that is none', 'PUT', 'a', '{}', {}, '?wait=soon', 422, 'invalid_request'],
    ['two waits', 'PUT', 'a', '{}', {}, '?wait=1&wait=2', 422, 'invalid_request'],
    ['any revision', 'PUT', 'a', '{}', { 'if-match': '*' }, '', 422, 'invalid_request'],
    ['two revisions', 'PUT', 'a', '{}', { 'if-match': '"1", "2"' }, '', 422, 'invalid_request'],
    ['a frame over 8 MiB', 'PUT', 'a', `{"x":"${'x'.repeat(8 * 1024 * 1024)}"}`, {}, '', 413, 'body_too_large'],
    [
      'a frame that makes an item over 8 MiB',
      'PUT',
      'a',
      `{"x":"${'x'.repeat(8 * 1024 * 1024 - 10)}"}`,
      {},
      '',
      413,
      'body_too_large',
    ],
  ])('with %s is refused and stages nothing', async (_, method, frame, body, headers, query, status, code) => {
    const answer = await write(method, frame, body, headers as Record<string, string>, query);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(groups).toEqual([]);
  });

  it('to a BATCH dataset is refused', async () => {
    dataset = await store.datasets.create({ project: 'p', dataset: `d${++made}`, mode: 'BATCH' });
    expect(await put('a')).toMatchObject({ status: 409, body: { code: 'batch_only' } });
    await store.database.c.datasets.updateOne({ _id: dataset.key }, { $set: { immutable: true } });
    expect(await put('a')).toMatchObject({ status: 409, body: { code: 'dataset_immutable' } });
  });

  it('that waits in vain is told that its outcome is not known yet', async () => {
    const start = Date.now();
    expect(await write('PUT', 'a', '{}', {}, '?wait=300ms')).toMatchObject({ status: 202, body: { item: 0 } });
    expect(Date.now() - start).toBeGreaterThanOrEqual(290);
  });
});

describe('writes that come together', () => {
  it('while a group is staged go to the store as the next one, numbered densely', async () => {
    const joined = jest.spyOn(WriteJoiner.prototype, 'write');
    let release = (): void => undefined;
    held = new Promise((resolve) => (release = resolve));
    const writes = Array.from({ length: 100 }, (_, index) => put(`f${index}`));
    await eventually(() => expect(joined).toHaveBeenCalledTimes(100));
    joined.mockRestore();
    release();
    const answers = await Promise.all(writes);
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    expect(groups.flat()).toHaveLength(100);
    expect(groups.length).toBeLessThanOrEqual(2);
    expect(answers.map(({ body }) => Number(body.item)).sort((a, b) => a - b)).toEqual(
      answers.map((_, index) => index),
    );
    const [upload_id] = new Set(answers.map(({ body }) => String(body.upload_id)));
    const staged = await lines(String(upload_id));
    for (const [index, { body }] of answers.entries())
      expect(staged[Number(body.item)]).toContain(`"frame_id":"f${index}"`);
  });

  it('never name a frame twice in one group, and keep the order of its writes', async () => {
    await put('warm-up');
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) => put(`f${index % 3}`, `{"device_id":"${index}"}`)),
    );
    for (const group of groups) expect(new Set(group).size).toBe(group.length);
    expect(groups.flat()).toHaveLength(25);
    expect(new Set(answers.map(({ body }) => body.item)).size).toBe(24);
  });

  it('of two keys go into two uploads', async () => {
    const [one, two] = await Promise.all([
      put('a', '{}', { 'x-test-key': 'one' }),
      put('b', '{}', { 'x-test-key': 'two' }),
    ]);
    expect(one.body.upload_id).not.toBe(two.body.upload_id);
    const uploads = await store.uploads.list(dataset.key, { kind: 'DIRECT' }, { limit: 10 });
    expect(uploads.items.map(({ created_by }) => created_by).sort()).toEqual(['one', 'two']);
  });

  it('are all refused when the store refuses their upload, and later ones are not', async () => {
    await store.database.c.datasets.updateOne({ _id: dataset.key }, { $set: { immutable: true } });
    const refused = await Promise.all(['a', 'b', 'c'].map((id) => put(id)));
    expect(refused.map(({ status }) => status)).toEqual([409, 409, 409]);
    await store.database.c.datasets.updateOne({ _id: dataset.key }, { $set: { immutable: false } });
    expect(await put('a')).toMatchObject({ status: 202 });
  });
});

describe('the upload of single writes', () => {
  const limits = INTAKE_LIMITS.direct;
  const restart = async (change: Partial<typeof limits>) => {
    await server.close();
    server = await startIntake(recording(store), { direct: { ...limits, ...change } });
  };
  const standing = async (upload_id: unknown) => {
    const doc = await store.database.c.uploads.findOne({ _id: String(upload_id) });
    return { closed: doc?.closed, received: doc?.counts.received };
  };

  it('is rolled over when it is full', async () => {
    await restart({ uploadItems: 2 });
    const uploads: unknown[] = [];
    for (let i = 0; i < 5; i++) uploads.push((await put(`f${i}`)).body.upload_id);
    expect(new Set(uploads).size).toBe(3);
    await server.intake.close();
    expect(await Promise.all([0, 2, 4].map((at) => standing(uploads[at])))).toEqual([
      { closed: true, received: 2 },
      { closed: true, received: 2 },
      { closed: true, received: 1 },
    ]);
  });

  it('is closed when it is idle, and the next write opens another', async () => {
    await restart({ uploadIdleMs: 50 });
    const { upload_id } = (await put('a')).body;
    await eventually(async () => expect(await standing(upload_id)).toEqual({ closed: true, received: 1 }));
    expect((await put('b')).body.upload_id).not.toBe(upload_id);
  });

  it('is rolled over when it is old', async () => {
    await restart({ uploadAgeMs: 0 });
    const [one, two] = [await put('a'), await put('b')];
    expect(one.body.upload_id).not.toBe(two.body.upload_id);
  });

  it('is given up when the store fails, so that no number is given twice', async () => {
    const before = (await put('a')).body;
    const refuse = (validator: object) => store.database.db.command({ collMod: 'submissions', validator });
    await refuse({ nobody: { $exists: true } });
    expect((await put('b')).status).toBe(500);
    await refuse({});
    const after = (await put('c')).body;
    expect(after.upload_id).not.toBe(before.upload_id);
    expect(after.item).toBe(0);
  });

  it('is closed soon with what was staged, when it is not known whether the last write was', async () => {
    await restart({ doubtMs: 50 });
    const { upload_id } = (await put('a')).body;
    lost = new StoreError('store_unavailable', 'The connection broke before the answer came');
    expect((await put('b')).status).toBe(503);
    await eventually(async () => expect(await standing(upload_id)).toEqual({ closed: true, received: 2 }));
    expect(await lines(String(upload_id))).toHaveLength(2);
    lost = undefined;
    expect(await put('b')).toMatchObject({ status: 202, body: { item: 0 } });
  });

  it('is closed when the server stops; writes that come then are sent elsewhere', async () => {
    const { upload_id } = (await put('a')).body;
    await server.intake.close();
    expect(await standing(upload_id)).toEqual({ closed: true, received: 1 });
    expect(await put('b')).toMatchObject({ status: 503, body: { code: 'shutting_down' } });
  });
});
