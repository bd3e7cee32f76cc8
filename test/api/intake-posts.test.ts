import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { INTAKE_LIMITS } from '../../api/intake';
import type { DatasetRecord, UploadRecord } from '../../store/records';
import { connectStore, type MongoStore } from '../../store/mongo';
import { freshDatabaseName, testMongoUri } from '../support/engines';
import { eventually } from '../support/eventually';
import { type IntakeServer, send, startIntake } from './intake-server';

const NDJSON = { 'content-type': 'application/x-ndjson' };
const JSON_TYPE = { 'content-type': 'application/json' };

let store: MongoStore;
let server: IntakeServer;
let dataset: DatasetRecord;
let upload: UploadRecord;

beforeAll(async () => {
  store = await connectStore(testMongoUri(freshDatabaseName('intake')));
  server = await startIntake(store, { idleMs: 400, lingerMs: 400 });
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

const path = (upload_id = upload.upload_id) =>
  `/api/v2/projects/p/datasets/${dataset.dataset}/uploads/${upload_id}/items`;
const post = (body: Parameters<typeof send>[3], headers: Record<string, string> = NDJSON) =>
  send(server.port, 'POST', path(), body, headers);
const item = (id: string, more: object = {}) => JSON.stringify({ op: 'put', frame_id: id, frame: more });

/** What is staged for the upload, complete or not. */
async function staged() {
  const { submissions, chunks, bodies } = store.database.c;
  const found = await chunks.find({ upload_id: upload.upload_id }).sort({ _id: 1 }).toArray();
  const texts = await bodies
    .find({ _id: { $in: found.map(({ _id }) => _id) } })
    .sort({ _id: 1 })
    .toArray();
  return {
    submissions: await submissions.find({ upload_id: upload.upload_id }).toArray(),
    chunks: found,
    lines: texts.flatMap(({ body }) => Buffer.from(body.buffer).toString().split('\n')),
  };
}

async function expectNothingStaged() {
  const { submissions, chunks, lines } = await staged();
  expect([submissions, chunks, lines]).toEqual([[], [], []]);
  expect((await store.uploads.get(dataset.key, upload.upload_id)).counts.received).toBe(0);
}

describe('a post of items', () => {
  it('numbers its items after those of earlier posts, and says where the upload is', async () => {
    const first = await post(`${item('a')}\n${item('b')}\n`);
    expect(first).toMatchObject({ status: 202, body: { first_index: 0, count: 2 } });
    expect(first.headers.location).toBe(path().replace('/items', ''));
    expect(await post(item('c'))).toMatchObject({ status: 202, body: { first_index: 2, count: 1 } });
    expect((await staged()).lines).toEqual([item('a'), item('b'), item('c')]);
    expect(server.hinted).toContain(dataset.key);
  });

  it('takes returns, blank lines, a byte order mark, and counts lines as an editor does', async () => {
    const answer = await post(`\ufeff${item('a')}\r\n\r\n  \n${item('ä')}\r\n`);
    expect(answer.body).toEqual({ first_index: 0, count: 2 });
    const { chunks, lines } = await staged();
    expect(chunks.map(({ frame_ids, lines: numbers }) => ({ frame_ids, numbers }))).toEqual([
      { frame_ids: ['a', 'ä'], numbers: [1, 4] },
    ]);
    expect(lines).toEqual([item('a'), item('ä')]);
  });

  it('puts a frame that comes again into a chunk of its own', async () => {
    await post([item('a'), item('b'), item('a', { device_id: 'x' })].join('\n'));
    expect((await staged()).chunks.map(({ frame_ids, offset }) => [frame_ids, offset])).toEqual([
      [['a', 'b'], 0],
      [['a'], 2],
    ]);
  });

  it('takes lines that are no items, which fail alone later', async () => {
    expect((await post(`${item('a')}\nnot json\n[1]\n`)).body).toEqual({ first_index: 0, count: 3 });
    expect((await staged()).chunks[0]?.frame_ids).toEqual(['a', null, null]);
  });

  it('keeps no body of a line over 8 MiB, and takes those around it', async () => {
    async function* body() {
      yield `${item('a')}\n{"op":"put","frame_id":"b","x":"`;
      for (let i = 0; i < 9; i++) yield Buffer.alloc(1024 * 1024, 'x');
      yield `"}\n${item('c')}\n`;
    }
    expect((await post(body())).body).toEqual({ first_index: 0, count: 3 });
    const { chunks, lines } = await staged();
    expect(lines).toEqual([item('a'), '', item('c')]);
    expect(chunks[0]).toMatchObject({
      frame_ids: ['a', null, 'c'],
      broken: [{ at: 1, failure: { code: 'line_too_long' } }],
    });
    expect(chunks[0]?.broken[0]?.failure.message).toMatch(/^Line 2 is longer/);
  });

  it('takes a line of exactly 8 MiB', async () => {
    const line = item('a', { x: 'x'.repeat(INTAKE_LIMITS.lineBytes - item('a', { x: '' }).length) });
    expect((await post(`${line}\n${item('b')}`)).body).toEqual({ first_index: 0, count: 2 });
    const { chunks, lines } = await staged();
    expect(chunks.map((chunk) => [chunk.frame_ids, chunk.broken])).toEqual([
      [['a'], []],
      [['b'], []],
    ]);
    expect(lines[0]?.length).toBe(INTAKE_LIMITS.lineBytes);
  });

  it('takes gzip', async () => {
    const body = gzipSync(Array.from({ length: 2500 }, (_, index) => item(`f${index}`)).join('\n'));
    const answer = await post(body, { ...NDJSON, 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 202, body: { first_index: 0, count: 2500 } });
    expect((await staged()).chunks.map(({ items }) => items)).toEqual([1000, 1000, 500]);
  });

  it('does not unpack a gzip bomb of one line into memory', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from(`${item('a')}\n`), Buffer.alloc(200 * 1024 * 1024, 'x')]), {
      level: 1,
    });
    const before = process.memoryUsage().rss;
    const answer = await post(bomb, { ...NDJSON, 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 202, body: { count: 2 } });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    expect((await staged()).chunks[0]?.broken).toMatchObject([{ at: 1, failure: { code: 'line_too_long' } }]);
  });

  it('takes a JSON item or array, and keeps long integers', async () => {
    expect((await post(`\n${item('a')}\n`, JSON_TYPE)).body).toEqual({ first_index: 0, count: 1 });
    const long = '{"op":"put","frame_id":"b","frame":{"metadata":{"n":9007199254740993}}}';
    expect(
      (await post(`[${long},\n{"frame_id":\n"c"}]`, { 'content-type': 'application/json; charset=utf-8' })).body,
    ).toEqual({
      first_index: 1,
      count: 2,
    });
    const { chunks, lines } = await staged();
    expect(lines).toEqual([` ${item('a')} `, long, ' {"frame_id": "c"}']);
    expect(chunks.map(({ frame_ids, lines: numbers }) => [frame_ids, numbers])).toEqual([
      [['a'], [1]],
      [
        ['b', 'c'],
        [1, 2],
      ],
    ]);
  });
});

describe('a post that is refused leaves nothing', () => {
  afterEach(expectNothingStaged);

  it.each([
    ['no item', '\n \n', NDJSON, 422, 'invalid_request'],
    ['an empty body', '', NDJSON, 422, 'invalid_request'],
    ['an empty array', '[]', JSON_TYPE, 422, 'invalid_request'],
    ['a number for an item', '7', JSON_TYPE, 422, 'invalid_request'],
    ['broken JSON', '[{"frame_id":"a"},', JSON_TYPE, 400, 'malformed_body'],
    ['another type', 'a,b', { 'content-type': 'text/csv' }, 415, 'unsupported_media_type'],
    ['no type', item('a'), {}, 415, 'unsupported_media_type'],
    ['another encoding', item('a'), { ...NDJSON, 'content-encoding': 'br' }, 415, 'unsupported_encoding'],
    ['what is no gzip', item('a'), { ...NDJSON, 'content-encoding': 'gzip' }, 400, 'malformed_body'],
    [
      'half a gzip',
      gzipSync(item('a')).subarray(0, -5),
      { ...NDJSON, 'content-encoding': 'gzip' },
      400,
      'malformed_body',
    ],
    ['too much JSON', `[${' '.repeat(17 * 1024 * 1024)}]`, JSON_TYPE, 413, 'body_too_large'],
    ['a bad key', item('a'), { ...NDJSON, 'idempotency-key': 'a b' }, 422, 'invalid_request'],
  ])('%s', async (_, body, headers, status, code) => {
    expect(await post(body, headers as Record<string, string>)).toMatchObject({ status, body: { code } });
  });

  it('too much JSON inside a small gzip, with the advice to send NDJSON', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '));
    const answer = await post(bomb, { ...JSON_TYPE, 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
    expect(answer.body.detail).toMatch(/NDJSON/);
  });

  it('a body that ends in the middle because its client went away', async () => {
    await expect(
      new Promise((_, reject) => {
        const req = request({ port: server.port, method: 'POST', path: path(), headers: NDJSON });
        req.on('error', reject);
        req.write(Array.from({ length: 3000 }, (__, index) => item(`f${index}`)).join('\n'));
        const given = setInterval(() => {
          void store.database.c.chunks.countDocuments({ upload_id: upload.upload_id }).then((count) => {
            if (count >= 2) req.destroy(new Error('gone'));
          });
        }, 20);
        req.on('close', () => clearInterval(given));
      }),
    ).rejects.toThrow('gone');
    await eventually(expectNothingStaged);
  });

  it('a compressed body that ends in the middle because its client went away', async () => {
    const req = request({
      port: server.port,
      method: 'POST',
      path: path(),
      headers: { ...NDJSON, 'content-encoding': 'gzip' },
    });
    req.on('error', () => undefined);
    req.write(gzipSync(item('a')).subarray(0, 20));
    await eventually(async () => expect((await staged()).submissions).toHaveLength(1));
    req.destroy();
    await eventually(expectNothingStaged);
  });

  it.each<Record<string, string>>([{}, { 'content-encoding': 'gzip' }])(
    'a body that stops coming (%j)',
    async (encoding) => {
      async function* body() {
        yield 'content-encoding' in encoding ? gzipSync(item('a')).subarray(0, 15) : item('a');
        await new Promise<never>(() => undefined);
      }
      const answer = await post(body(), { ...NDJSON, ...encoding });
      expect(answer).toMatchObject({ status: 408, body: { code: 'body_timeout' }, headers: { connection: 'close' } });
    },
  );
});

describe('a post', () => {
  it('may be as slow as it likes while bytes keep coming', async () => {
    const idleMs = 3_000;
    const patient = await startIntake(store, { idleMs });
    let took = 0;
    async function* body() {
      const started = performance.now();
      for (const byte of item('slow')) {
        yield byte;
        await sleep(100);
      }
      took = performance.now() - started;
    }
    try {
      const answer = await send(patient.port, 'POST', path(), body(), NDJSON);
      expect(answer).toMatchObject({ status: 202, body: { count: 1 } });
      expect(took).toBeGreaterThan(idleMs);
    } finally {
      await patient.close();
    }
  });

  it.each([
    ['closed', 'upload_closed', 409],
    ['cancelled', 'upload_cancelled', 409],
    ['unknown', 'upload_not_found', 404],
  ])('to a %s upload is refused, and the answer arrives although the body is large', async (state, code, status) => {
    if (state === 'closed') await store.uploads.close(dataset.key, upload.upload_id);
    if (state === 'cancelled') await store.uploads.cancel(dataset.key, upload.upload_id);
    const to = state === 'unknown' ? path('nobody') : path();
    const patient = await startIntake(store);
    try {
      const answer = await send(patient.port, 'POST', to, Buffer.alloc(20 * 1024 * 1024, 'x'), NDJSON);
      expect(answer).toMatchObject({ status, body: { code } });
    } finally {
      await patient.close();
    }
  });

  it('that was refused does not hold its connection for longer than a while', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write(
      `POST ${path('nobody')} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\nab`,
    );
    socket.resume().on('error', () => undefined);
    await closed;
  });

  it('whose upload is closed while it is on its way is refused as a whole', async () => {
    async function* body() {
      yield `${item('a')}\n`;
      await eventually(async () => expect((await staged()).submissions).toHaveLength(1));
      await store.uploads.close(dataset.key, upload.upload_id);
      yield item('b');
    }
    expect(await post(body())).toMatchObject({ status: 409, body: { code: 'upload_closed' } });
    await expectNothingStaged();
  });
});
