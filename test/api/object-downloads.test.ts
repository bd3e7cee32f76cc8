import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { MIB, ObjectServer } from './object-server';
import { exchange as send } from './raw-exchange';

let server: ObjectServer;
beforeAll(async () => {
  server = await ObjectServer.start();
});
afterAll(() => server.stop());

describe('a download', () => {
  const bytes = randomBytes(5 * MIB);
  let get: string;
  beforeAll(async () => {
    ({ get } = await server.asset(bytes));
  });

  it.each([
    ['bytes=0-8388607', 0, 5 * MIB - 1],
    ['bytes=0-0', 0, 0],
    ['bytes=2097151-2097152', 2_097_151, 2_097_152],
    ['bytes=5242870-', 5_242_870, 5_242_879],
    ['bytes=-10', 5_242_870, 5_242_879],
    ['bytes=-99999999', 0, 5 * MIB - 1],
    ['BYTES=1-2', 1, 2],
  ])('of %s has exactly that', async (header, start, end) => {
    const answer = await send('GET', get, { range: header });
    expect(answer.status).toBe(206);
    expect(answer.headers).toMatchObject({
      'content-range': `bytes ${start}-${end}/${bytes.length}`,
      'content-length': String(end - start + 1),
    });
    expect(answer.body.equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  it.each(['bytes=5242880-', 'bytes=9999999999999999999-', 'bytes=-0'])('of %s is not to be had', async (header) => {
    const answer = await send('GET', get, { range: header });
    expect(answer).toMatchObject({ status: 416, headers: { 'content-range': `bytes */${bytes.length}` } });
  });

  it.each(['bytes=', 'bytes=-', 'bytes=5-1', 'bytes=0-1,5-6', 'lines=1-2', 'bytes=a-b', 'bytes=0x1-2', '\tbytes'])(
    'of %j is the whole',
    async (header) => {
      const answer = await send('GET', get, { range: header });
      expect(answer.status).toBe(200);
      expect(answer.headers['content-range']).toBe(`bytes 0-${bytes.length - 1}/${bytes.length}`);
      expect(answer.body.equals(bytes)).toBe(true);
    },
  );

  it('answers HEAD with the headers of GET, and knows its own tag', async () => {
    const head = await send('HEAD', get, { range: 'bytes=0-9' });
    expect(head).toMatchObject({ status: 206, text: '', headers: { 'content-length': '10' } });
    const { etag = '' } = head.headers;
    expect((await send('GET', get, { 'if-none-match': etag })).status).toBe(304);
    expect((await send('GET', get, { 'if-range': etag, range: 'bytes=0-9' })).status).toBe(206);
    expect((await send('GET', get, { 'if-range': '"other"', range: 'bytes=0-9' })).status).toBe(200);
  });

  it('may be read by pages of other origins', async () => {
    expect((await send('GET', get)).headers).toMatchObject({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    const preflight = await send('OPTIONS', get, { origin: 'https://viewer.example.org' });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-headers': expect.stringContaining('Range') as string },
    });
  });

  it.each([
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n....', 'latin1'), 'U_a.html', 'image/png', undefined],
    [
      'a page',
      Buffer.from('<script>alert(1)</script>'),
      'U_a.html',
      'application/octet-stream',
      /^attachment; filename="?U_a\.html"?$/,
    ],
    ['a drawing', Buffer.from('<svg onload="alert(1)"/>'), 'U_a.svg', 'application/octet-stream', /^attachment; /],
    [
      'no known type',
      Buffer.from('x'),
      '../../etc/"p\r\nX: y.pcd?a=1',
      'application/octet-stream',
      /^attachment; filename=.*pcd/,
    ],
    ['a name that cannot be shown', Buffer.from('x'), 'a\0\u001b\u202e.txt', 'application/octet-stream', /^attachment/],
    ['a foreign name', Buffer.from('x'), 'U_ж.txt', 'application/octet-stream', /filename\*=UTF-8''U_%D0%B6\.txt/],
  ])('of %s is never active', async (_, content, filename, type, disposition) => {
    const made = await server.asset(content, filename);
    const { headers } = await send('GET', made.get);
    expect(headers['content-type']).toBe(type);
    expect(headers['content-security-policy']).toContain('sandbox');
    expect(headers).not.toHaveProperty('x');
    if (disposition) expect(headers['content-disposition']).toMatch(disposition);
    else expect(headers).not.toHaveProperty('content-disposition');
  });

  it('ends when its client leaves', async () => {
    const { port } = server;
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET ${new URL(get).pathname} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    expect((await send('GET', get, { range: 'bytes=0-0' })).status).toBe(206);
  });
});

describe('memory', () => {
  it('does not grow with the object', async () => {
    const SIZE = 300 * MIB;
    const block = randomBytes(MIB);
    let peak = 0;
    const look = () => (peak = Math.max(peak, process.memoryUsage.rss()));
    async function* body(): AsyncGenerator<Buffer> {
      for (let at = 0; at < SIZE; at += MIB) {
        look();
        yield block;
      }
    }
    const { put, get } = await server.newObject('U_large.bin', 'ASSET');
    const before = process.memoryUsage.rss();
    expect((await send('PUT', put, {}, body())).status).toBe(200);
    let got = 0;
    const answer = await fetch(get);
    for await (const part of answer.body ?? []) {
      got += part.length;
      look();
    }
    expect(got).toBe(SIZE);
    expect(peak - before).toBeLessThan(120 * MIB);
  }, 120_000);
});
