import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchPublic } from '../../activities/ingest/fetch-public';
import { isSpecialAddress } from '../../activities/ingest/special-addresses';

const { signal } = new AbortController();
const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterAll(() => Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve)))));

async function read(url: string, allowed: string[]): Promise<string> {
  let text = '';
  for await (const piece of await fetchPublic(url, allowed, signal)) text += Buffer.from(piece).toString();
  return text;
}

describe('a file on another host', () => {
  it('is fetched when the operator allowed the very address', async () => {
    const host = await serve((_req, res) => res.end('{"task_id": "f"}\n'));
    expect(await read(`http://${host}/rows.jsonl`, [host])).toBe('{"task_id": "f"}\n');
    expect(await read(`http://${host}/rows.jsonl`, ['127.0.0.1'])).toBe('{"task_id": "f"}\n');
  });

  it('is not asked for when its host is not allowed', async () => {
    let asked = 0;
    const host = await serve((_req, res) => res.end(String(++asked)));
    await expect(read(`http://${host}/`, ['data.example.org'])).rejects.toThrow(/are not allowed; ask the operator/);
    expect(asked).toBe(0);
  });

  it('is not fetched under an allowed name that leads to a private address', async () => {
    let asked = 0;
    const host = await serve((_req, res) => res.end(String(++asked)));
    const named = host.replace('127.0.0.1', 'localhost');
    await expect(read(`http://${named}/`, [named])).rejects.toThrow(/localhost is not a public address/);
    expect(asked).toBe(0);
  });

  it('is not looked for elsewhere when its host points there', async () => {
    const host = await serve((_req, res) => res.writeHead(302, { Location: 'http://169.254.169.254/' }).end());
    await expect(read(`http://${host}/`, [host])).rejects.toThrow(
      /answered with status 302; give the URL that it leads/,
    );
  });

  it('fails with a sentence when it is missing, or breaks off', async () => {
    const missing = await serve((_req, res) => res.writeHead(404).end());
    await expect(read(`http://${missing}/x`, [missing])).rejects.toThrow(/answered with status 404/);
    const broken = await serve((_req, res) => {
      res.writeHead(200, { 'Content-Length': '100' }).write('{"task');
      setTimeout(() => res.destroy(), 20);
    });
    await expect(read(`http://${broken}/x`, [broken])).rejects.toThrow(/broke off|could not be fetched/);
  });
});

describe('an address', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a00:1',
    '2002:a00:1::',
  ])('%s is not public', (address) => {
    expect(isSpecialAddress(address)).toBe(true);
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => {
      expect(isSpecialAddress(address)).toBe(false);
    },
  );
});
