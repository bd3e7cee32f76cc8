import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../../store/errors';
import { eventually } from '../support/eventually';
import { IDLE_MS, MIB, ObjectServer } from './object-server';
import { exchange as send, type Exchanged } from './raw-exchange';

let server: ObjectServer;
beforeAll(async () => {
  server = await ObjectServer.start();
});
afterAll(() => server.stop());

const range = (first: number, last: number, total: number) => ({
  'content-type': 'application/octet-stream',
  'content-range': `bytes ${first}-${last}/${total}`,
});
const question = { 'content-range': 'bytes */*', 'content-length': '0' };

function expectMessage(answer: Exchanged, status: number, text: RegExp): void {
  expect([answer.status, answer.text]).toEqual([status, expect.any(String) as string]);
  const { message } = JSON.parse(answer.text) as { message: string };
  expect(message).toMatch(text);
}

describe('a resumable upload', () => {
  it('goes as the client drives it', async () => {
    const bytes = randomBytes(20_972_332);
    const total = bytes.length;
    const { put, get } = await server.newObject();
    const headers = {
      'content-type': 'application/octet-stream',
      'x-upload-content-type': 'application/octet-stream',
      'x-upload-content-length': String(total),
      'x-goog-resumable': 'start',
    };
    const begun = await send('POST', put, headers, Buffer.from('{}'));
    expect(begun.status).toBe(201);
    const session = begun.headers.location ?? '';
    expect(session).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/objects\/uploads\/[\w-]{43}$/);
    const CHUNK = 8 * MIB;
    for (const [first, last] of [
      [0, CHUNK - 1],
      [CHUNK, 2 * CHUNK - 1],
    ] as const) {
      const answer = await send('PUT', session, range(first, last, total), bytes.subarray(first, last + 1));
      expect(answer).toMatchObject({
        status: 308,
        text: '',
        headers: { range: `bytes=0-${last}`, 'content-length': '0' },
      });
      expect(answer.headers).not.toHaveProperty('location');
    }
    const final = await send('PUT', session, range(2 * CHUNK, total - 1, total), bytes.subarray(2 * CHUNK));
    expect(final.status).toBe(200);
    expect((await send('GET', get)).body.equals(bytes)).toBe(true);
  });

  it('is asked where to go on, also without a beginning and when it is complete', async () => {
    const { put, get } = await server.newObject();
    const bytes = randomBytes(3_000);
    const asked = async () => {
      const answer = await send('PUT', put, question);
      expect(answer).toMatchObject({ status: 308, text: '', headers: { 'content-length': '0' } });
      expect(answer.headers).not.toHaveProperty('location');
      return answer.headers.range;
    };
    expect(await asked()).toBeUndefined();
    expect((await send('PUT', put, range(0, 999, 3_000), bytes.subarray(0, 1_000))).status).toBe(308);
    expect(await asked()).toBe('bytes=0-999');
    const again = await send('PUT', put, range(0, 999, 3_000), bytes.subarray(0, 1_000));
    expect(again).toMatchObject({ status: 308, headers: { range: 'bytes=0-999' } });
    expect((await send('PUT', put, range(1_000, 2_999, 3_000), bytes.subarray(1_000))).status).toBe(200);
    // A client that missed the 200 is led to send the last chunk again.
    expect(await asked()).toBe('bytes=0-999');
    expect((await send('PUT', put, range(1_000, 2_999, 3_000), bytes.subarray(1_000))).status).toBe(200);
    expect((await send('GET', get)).body.equals(bytes)).toBe(true);
  });

  it('of one chunk is complete at once', async () => {
    const { put, get } = await server.newObject();
    const bytes = randomBytes(756);
    expect((await send('PUT', put, range(0, 755, 756), bytes)).status).toBe(200);
    expect((await send('PUT', put, question)).headers.range).toBeUndefined();
    expect((await send('GET', get)).body.equals(bytes)).toBe(true);
  });

  it('keeps nothing of a chunk whose connection breaks', async () => {
    const { object_id, upload_token, put, get } = await server.newObject();
    const bytes = randomBytes(5 * MIB);
    const { port } = server;
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `PUT /objects/uploads/${upload_token} HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes.length}\r\n` +
        `Content-Range: bytes 0-${bytes.length - 1}/${bytes.length}\r\n\r\n`,
    );
    socket.write(bytes.subarray(0, 3 * MIB));
    await eventually(async () =>
      expect(await server.store.database.c.object_pieces.countDocuments({ _id: new RegExp(`^${object_id}`) })).toBe(1),
    );
    socket.destroy();
    await eventually(async () =>
      expect(await server.store.database.c.object_pieces.countDocuments({ _id: new RegExp(`^${object_id}`) })).toBe(0),
    );
    expect((await send('PUT', put, question)).headers.range).toBeUndefined();
    expect((await send('PUT', put, range(0, bytes.length - 1, bytes.length), bytes)).status).toBe(200);
    expect((await send('GET', get)).body.equals(bytes)).toBe(true);
  });

  it('is cut when its body stops', async () => {
    const { put } = await server.newObject();
    async function* stopping(): AsyncGenerator<Buffer> {
      yield randomBytes(100);
      await sleep(10 * IDLE_MS);
    }
    const answer = await send('PUT', put, { ...range(0, 999, 1_000), 'content-length': '1000' }, stopping());
    expectMessage(answer, 408, /No byte of the body came/);
  });
});

describe('bad uploads', () => {
  const bytes = randomBytes(2_000);

  it.each([
    ['out of order', range(1_000, 1_999, 2_000), 1_000, 409, /must begin at byte 0/],
    ['a body shorter than its range', range(0, 999, 2_000), 999, 400, /999 came/],
    ['a body longer than its range', range(0, 999, 2_000), 1_001, 400, /more than that came/],
    ['a range past the total', range(0, 999, 999), 1_000, 400, /Content-Range/],
    ['a range backwards', range(999, 0, 2_000), 1_000, 400, /Content-Range/],
    ['a huge total', range(0, 999, 999_999_999_999_999), 1_000, 413, /at most 419430400 bytes/],
    ['a total past all numbers', { 'content-range': `bytes 0-999/1${'0'.repeat(400)}` }, 1_000, 400, /Content-Range/],
    ['an unknown total', { 'content-range': 'bytes 0-999/*' }, 1_000, 400, /Content-Range/],
    ['no numbers', { 'content-range': 'bytes NaN-NaN/NaN' }, 1_000, 400, /Content-Range/],
    ['gzip', { ...range(0, 999, 2_000), 'content-encoding': 'gzip' }, 1_000, 415, /without gzip/],
  ])('%s is refused with a message', async (_, headers, length, status, text) => {
    const { put, get } = await server.newObject();
    expectMessage(await send('PUT', put, headers, bytes.subarray(0, length)), status, text);
    expectMessage(await send('GET', get), 409, /not uploaded to its end/);
  });

  it('another total ends the upload, so that no client goes round for ever', async () => {
    const { put } = await server.newObject();
    await send('POST', put, { 'x-upload-content-length': '2000' });
    expectMessage(await send('PUT', put, range(0, 999, 3_000), bytes.subarray(0, 1_000)), 400, /total of 2000 bytes/);
    expectMessage(await send('PUT', put, question), 400, /total of 2000 bytes/);
  });

  it.each([
    ['500000000', 413, /at most 419430400/],
    ['9'.repeat(30), 413, /at most 419430400/],
    ['-1', 400, /number of bytes/],
    ['many', 400, /number of bytes/],
  ])('announcing %s bytes is refused at the beginning', async (length, status, text) => {
    const { put } = await server.newObject();
    expectMessage(await send('POST', put, { 'x-upload-content-length': length }, Buffer.from('{}')), status, text);
  });

  it('a whole object that is announced as too large is refused before it comes', async () => {
    const { put } = await server.newObject();
    async function* body(): AsyncGenerator<Buffer> {
      yield bytes;
    }
    const answer = await send('PUT', put, { 'content-length': String(500 * MIB) }, body());
    expectMessage(answer, 413, /at most 419430400/);
  });

  it('URLs that are unknown or expired are gone', async () => {
    const { put, upload_token, object_id } = await server.newObject();
    await server.store.database.c.objects.updateOne({ _id: object_id }, { $set: { expires_at: new Date(0) } });
    for (const url of [put, `${server.root}/objects/uploads/nothing`, `${server.root}/objects/uploads/${object_id}`]) {
      expectMessage(await send('POST', url, {}, Buffer.from('{}')), 410, /unknown or has expired/);
      expectMessage(
        await send('PUT', url, range(0, 999, 2_000), bytes.subarray(0, 1_000)),
        410,
        /unknown or has expired/,
      );
      expectMessage(await send('PUT', url, {}, bytes), 410, /unknown or has expired/);
      expectMessage(await send('PUT', url, question), 410, /unknown or has expired/);
    }
    expectMessage(await send('GET', `${server.root}/objects/${upload_token}`), 410, /no object/);
  });

  it('other methods and paths are answered as such', async () => {
    const { put, get } = await server.newObject();
    for (const [method, url] of [
      ['GET', put],
      ['DELETE', put],
      ['PUT', get],
      ['DELETE', get],
    ] as const)
      expectMessage(await send(method, url), 405, /Expected one of/);
    expectMessage(await send('GET', `${server.root}/objects/`), 404, /nothing at this path/);
    expectMessage(await send('GET', `${server.root}/objects/a/b/c`), 404, /nothing at this path/);
    expectMessage(await send('GET', `${server.root}/objects/%ff`), 400, /%/);
    expectMessage(await send('GET', `${server.root}/objects/..%2f..%2fetc%2fpasswd`), 410, /no object/);
  });

  it('the database away is answered with a 503 that the client tries again', async () => {
    const { put } = await server.newObject();
    const away = new StoreError('store_unavailable', 'The database does not answer at the moment');
    const { append } = server.store.objects;
    server.store.objects.append = () => Promise.reject(away);
    const answer = await send('PUT', put, range(0, 999, 2_000), bytes.subarray(0, 1_000));
    server.store.objects.append = append;
    expectMessage(answer, 503, /does not answer/);
    expect(answer.headers['retry-after']).toBe('2');
  });
});

describe('a simple upload', () => {
  it('takes bytes without a type', async () => {
    const bytes = randomBytes(100_000);
    const { get } = await server.asset(bytes);
    expect((await send('GET', get)).body.equals(bytes)).toBe(true);
  });

  it.each([
    ['with a length', { 'content-length': '0' }, undefined],
    ['in no chunks', {}, (async function* (): AsyncGenerator<Buffer> {})()],
  ])('takes an empty file %s', async (_, headers, body) => {
    const { put, get } = await server.newObject('U_empty.txt', 'ASSET');
    expect((await send('PUT', put, headers, body)).status).toBe(200);
    const answer = await send('GET', get);
    expect(answer).toMatchObject({ status: 200, text: '', headers: { 'content-length': '0' } });
    expect((await send('GET', get, { range: 'bytes=0-9' })).status).toBe(416);
  });

  it('is harmless when repeated, and never overwrites', async () => {
    const bytes = randomBytes(1_000);
    const { put, get } = await server.asset(bytes);
    expect((await send('PUT', put, {}, bytes)).status).toBe(200);
    expectMessage(await send('PUT', put, {}, randomBytes(1_000)), 409, /Other bytes/);
    expect((await send('GET', get)).body.equals(bytes)).toBe(true);
  });
});
