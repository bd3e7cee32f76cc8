import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { errorHandler } from '../../api/error-handler';
import { sendJsonPatiently } from '../../api/patient-json';
import { StoreError } from '../../store/errors';
import { eventually } from '../support/eventually';

let server: Server;
/** Ends the finding of the request under way. */
let found: (value: unknown) => void;
let failed: (error: Error) => void;
let aliveMs: number;

beforeAll(async () => {
  const app = express();
  app.get('/', (_req, res) => {
    const finding = new Promise((resolve, reject) => ([found, failed] = [resolve, reject]));
    return sendJsonPatiently(res, finding, aliveMs);
  });
  app.use(errorHandler(pino({ level: 'silent' })));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** A request under way: what has come of its answer so far, and how it ended. */
async function ask() {
  const seen = { text: '', status: 0, type: '', end: '' };
  const began = new Promise((resolve) => server.once('request', resolve));
  get({ port: (server.address() as AddressInfo).port, agent: false }, (res: IncomingMessage) => {
    seen.status = res.statusCode ?? 0;
    seen.type = res.headers['content-type'] ?? '';
    res.setEncoding('utf8').on('data', (piece: string) => (seen.text += piece));
    res.on('end', () => (seen.end = 'whole')).on('error', () => (seen.end = 'cut off'));
  });
  await began;
  return seen;
}

describe('an answer that takes long', () => {
  it('sends spaces until it is found, and is JSON as a whole', async () => {
    aliveMs = 10;
    const seen = await ask();
    await eventually(() => expect(seen.text).toMatch(/^ {3,}$/));
    found({ ok: true, n: 9007199254740993n });
    await eventually(() => expect(seen.end).toBe('whole'));
    expect(seen).toMatchObject({ status: 200, type: 'application/json; charset=utf-8' });
    expect(seen.text.trimStart()).toBe('{"ok":true,"n":9007199254740993}');
    expect(JSON.parse(seen.text)).toMatchObject({ ok: true });
  });

  it('is cut off when it fails after the first of them', async () => {
    aliveMs = 10;
    const seen = await ask();
    await eventually(() => expect(seen.text).not.toBe(''));
    failed(new StoreError('store_unavailable', 'The database does not answer'));
    await eventually(() => expect(seen.end).toBe('cut off'));
  });
});

describe('an answer that is found at once', () => {
  it('has nothing before it', async () => {
    aliveMs = 600_000;
    const seen = await ask();
    found({ ok: true });
    await eventually(() => expect(seen.end).toBe('whole'));
    expect(seen).toMatchObject({ status: 200, text: '{"ok":true}' });
  });

  it('tells its failure as a problem', async () => {
    aliveMs = 600_000;
    const seen = await ask();
    failed(new StoreError('store_unavailable', 'The database does not answer'));
    await eventually(() => expect(seen.end).toBe('whole'));
    expect(seen.status).toBe(503);
    expect(JSON.parse(seen.text)).toMatchObject({ code: 'store_unavailable' });
  });
});
