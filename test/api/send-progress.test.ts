import { createServer, get, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import express from 'express';
import { sendProgress } from '../../api/progress/send-progress';
import { UploadProgress } from '../../api/progress/upload-progress';
import { connectStore, type MongoStore } from '../../store/mongo';
import type { DatasetRecord, UploadRecord } from '../../store/records';
import { freshDatabaseName, testMongoUri } from '../support/engines';
import { eventually } from '../support/eventually';

let store: MongoStore;
let dataset: DatasetRecord;
let upload: UploadRecord;
let server: Server;
let progress: UploadProgress;
/** Answers that the server has not ended yet. */
let under: number;

async function listen(limits: { heartbeatMs: number; mostWaitingBytes: number }): Promise<number> {
  under = 0;
  progress = new UploadProgress(store.uploads);
  const app = express();
  app.get('/', async (_req, res) => {
    under++;
    await sendProgress(res, progress, upload, limits);
    under--;
  });
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  store = await connectStore(testMongoUri(freshDatabaseName('send_progress')));
  await store.projects.create({ project: 'p', label_classes: [], primary_task: '2D_OBJECT_DETECTION' });
  dataset = await store.datasets.create({ project: 'p', dataset: 'd', mode: 'STREAMING' });
});
beforeEach(async () => {
  upload = await store.uploads.open(dataset.key, { kind: 'STREAMING', created_by: 'tester', message: '' });
});
afterEach(async () => {
  progress.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
afterAll(async () => {
  await store.database.db.dropDatabase();
  await store.close();
});

it('a comment is sent now and then while nothing changes', async () => {
  const port = await listen({ heartbeatMs: 20, mostWaitingBytes: 1_000_000 });
  let text = '';
  const asked = get({ port, agent: false }, (res) => {
    res.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    res.on('error', () => undefined);
  });
  await eventually(() => expect(text.match(/^: still here\n\n/gm)?.length).toBeGreaterThan(2));
  expect(text.match(/^event: /gm)).toHaveLength(1);
  asked.on('error', () => undefined).destroy();
  await eventually(() => expect(under).toBe(0));
});

it('a client that does not read is let go', async () => {
  // One event is larger than what the sockets of both sides hold and the server may keep.
  const message = 'x'.repeat(15 * 1024 * 1024);
  await store.database.c.uploads.updateOne({ _id: upload.upload_id }, { $set: { message } });
  upload = await store.uploads.get(dataset.key, upload.upload_id);
  const port = await listen({ heartbeatMs: 600_000, mostWaitingBytes: 1_000_000 });
  const socket = connect(port, '127.0.0.1').pause();
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await eventually(() => expect(under).toBe(1));
  // The next event finds the first one still waiting.
  await store.database.c.uploads.updateOne({ _id: upload.upload_id }, { $set: { message: `${message}y` } });
  await eventually(() => expect(under).toBe(0));
  socket.destroy();
});

it('a client that does not read is let go by a heartbeat too', async () => {
  const message = 'x'.repeat(15 * 1024 * 1024);
  await store.database.c.uploads.updateOne({ _id: upload.upload_id }, { $set: { message } });
  upload = await store.uploads.get(dataset.key, upload.upload_id);
  const port = await listen({ heartbeatMs: 100, mostWaitingBytes: 1_000_000 });
  const socket = connect(port, '127.0.0.1').pause();
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await eventually(() => expect(under).toBe(1));
  await eventually(() => expect(under).toBe(0));
  socket.destroy();
});
