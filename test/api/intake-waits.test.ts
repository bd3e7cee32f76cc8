import { MockActivityEnvironment } from '@temporalio/testing';
import { Semaphore } from 'async-mutex';
import type { DatasetRecord } from '../../store/records';
import { connectStore, type MongoStore } from '../../store/mongo';
import { activitiesOf } from '../support/activities-of';
import { freshDatabaseName, testMongoUri } from '../support/engines';
import { type IntakeServer, send, startIntake } from './intake-server';

let store: MongoStore;
let server: IntakeServer;
let dataset: DatasetRecord;
/** The activity of the dataset's actor, which commits what waits. */
let actor: { env: MockActivityEnvironment; done: Promise<unknown> };

beforeAll(async () => {
  store = await connectStore(testMongoUri(freshDatabaseName('intake_waits')));
  server = await startIntake(store);
  await store.projects.create({
    project: 'p',
    label_classes: [{ name: 'car', id: 1, color: [0, 0, 0] }],
    primary_task: '2D_OBJECT_DETECTION',
  });
});
afterAll(async () => {
  await server.close();
  await store.database.db.dropDatabase();
  await store.close();
});
let made = 0;
beforeEach(async () => {
  dataset = await store.datasets.create({ project: 'p', dataset: `d${++made}`, mode: 'STREAMING' });
  const activities = activitiesOf(store, { slots: new Semaphore(1) });
  const env = new MockActivityEnvironment();
  actor = { env, done: env.run(activities.drainDataset, dataset).catch(() => undefined) };
});
afterEach(async () => {
  actor.env.cancel();
  await actor.done;
});

const write = (
  method: string,
  frame: string,
  body?: object,
  headers: Record<string, string> = {},
  query = '?wait=10s',
) =>
  send(
    server.port,
    method,
    `/api/v2/projects/p/datasets/${dataset.dataset}/frames/${frame}${query}`,
    body && JSON.stringify(body),
    { 'content-type': 'application/json', ...headers },
  );

describe('a single write that waits', () => {
  it('answers 201 for a new frame, 200 for a changed or unchanged one, with its revision', async () => {
    const created = await write('PUT', 'a', { device_id: 'x' });
    expect(created).toMatchObject({ status: 201, headers: { etag: '"1"' } });
    expect(created.body).toEqual({
      upload_id: expect.any(String) as string,
      item: 0,
      frame_id: 'a',
      state: 'APPLIED',
      version: 1,
    });
    expect(await write('PUT', 'b', {})).toMatchObject({ status: 201, body: { version: 2 } });
    expect(await write('PUT', 'a', { device_id: 'x' })).toMatchObject({
      status: 200,
      headers: { etag: '"1"' },
      body: { state: 'UNCHANGED', version: 1, item: 2 },
    });
    expect(await write('PATCH', 'a', { device_id: 'y' })).toMatchObject({
      status: 200,
      body: { state: 'APPLIED', version: 3 },
    });
    expect(await write('PUT', 'a', { device_id: 'z' })).toMatchObject({
      status: 200,
      body: { state: 'APPLIED', version: 4 },
    });
  });

  it('answers 200 for a delete, without a revision, and 201 when the frame comes back', async () => {
    await write('PUT', 'a', {});
    const deleted = await write('DELETE', 'a');
    expect(deleted).toMatchObject({ status: 200, body: { state: 'APPLIED', frame_id: 'a' } });
    expect(deleted.body).not.toHaveProperty('version');
    expect(await write('DELETE', 'a')).toMatchObject({ status: 200, body: { state: 'UNCHANGED' } });
    expect(await write('PUT', 'a', {})).toMatchObject({ status: 201 });
  });

  it('answers 422 with the code and the place when the item failed', async () => {
    const label = { label_id: 'l', type: 'BBOX_2D', class: 'dog', geometry: { left: 0, top: 0, width: 1, height: 1 } };
    const answer = await write('PUT', 'a', { labels: [label] });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'unknown_class', frame_id: 'a', label_id: 'l', item: 0, errors: [{ path: 'labels[0].class' }] },
    });
    expect(answer.body.detail).toMatch(/dog/);
    expect(await write('PATCH', 'nobody', { device_id: 'x' })).toMatchObject({
      status: 422,
      body: { code: 'frame_not_found' },
    });
  });

  it('serves many who wait at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => write('PUT', `f${index}`, {})));
    expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(201));
  });
});

describe('a single write with If-Match', () => {
  it('is applied to the revision that its writer saw, also when a proxy made the tag weak', async () => {
    const { headers } = await write('PUT', 'a', { device_id: 'x' });
    expect(await write('PUT', 'a', { device_id: 'y' }, { 'if-match': headers.etag ?? '' }, '')).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
    });
    expect(await write('PATCH', 'a', { device_id: 'z' }, { 'if-match': 'W/"2"' }, '')).toMatchObject({ status: 200 });
  });

  it('answers 412 to a stale one, and changes nothing', async () => {
    await write('PUT', 'a', { device_id: 'x' });
    await write('PUT', 'a', { device_id: 'y' });
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const body = method === 'DELETE' ? undefined : { device_id: 'late' };
      const answer = await write(method, 'a', body, { 'if-match': '"1"' }, '');
      expect(answer).toMatchObject({ status: 412, body: { code: 'version_conflict' } });
    }
    const { head } = await store.datasets.get('p', dataset.dataset);
    expect(await store.frames.get(dataset.key, head, 'a')).toMatchObject({ from: 2, content: { device_id: 'y' } });
  });

  it('lets one of many with the same revision win', async () => {
    await write('PUT', 'a', { device_id: 'x' });
    const writers = ['one', 'two', 'three', 'four'];
    const answers = await Promise.all(
      writers.map((device_id) => write('PUT', 'a', { device_id }, { 'if-match': '"1"' }, '')),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });
});

describe('a single write that waits, with an Idempotency-Key', () => {
  it('gets its first answer again, when it was applied', async () => {
    const first = await write('PUT', 'a', { device_id: 'x' }, { 'idempotency-key': 'k' });
    await write('PUT', 'a', { device_id: 'y' });
    const again = await write('PUT', 'a', { device_id: 'x' }, { 'idempotency-key': 'k' });
    expect(first.status).toBe(201);
    expect([again.status, again.body, again.headers.etag]).toEqual([first.status, first.body, first.headers.etag]);
    const { head } = await store.datasets.get('p', dataset.dataset);
    expect(head).toBe(2);
  });

  it('gets its first answer again, when it failed', async () => {
    const first = await write('PATCH', 'a', { device_id: 'x' }, { 'idempotency-key': 'k' });
    await write('PUT', 'a', {});
    const again = await write('PATCH', 'a', { device_id: 'x' }, { 'idempotency-key': 'k' });
    expect(first).toMatchObject({ status: 422, body: { code: 'frame_not_found' } });
    expect([again.status, again.body]).toEqual([first.status, first.body]);
  });
});
