import { createServer, request, type IncomingMessage, type RequestOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { startContext } from '../../api/context';
import { errorHandler } from '../../api/error-handler';
import { configureServer, createIntake, type Intake, type IntakeLimits } from '../../api/intake';
import { SharedLookup } from '../../api/shared-lookup';
import type { DatasetRecord, KeyRecord } from '../../store/records';
import type { Store } from '../../store/store';
import type { Hints } from '../../temporal/hints';

export interface IntakeServer {
  port: number;
  intake: Intake;
  /** Keys of the datasets that were said to have work, in order. */
  hinted: number[];
  close(): Promise<void>;
}

/** The intake handlers behind real HTTP, with callers who are who they say they are in `x-test-key`. */
export async function startIntake(store: Store, limits: Partial<IntakeLimits> = {}): Promise<IntakeServer> {
  const hinted: number[] = [];
  const hints: Hints = {
    datasetHasWork: ({ key }) => hinted.push(key),
    uploadChanged: () => undefined,
    datasetDeleted: () => undefined,
    projectDeleted: () => undefined,
  };
  const logger = pino({ level: 'fatal' });
  const intake = createIntake({ store, hints, logger, limits });
  const app = express().set('etag', false);
  const datasets = new SharedLookup<DatasetRecord>();
  const dataset = '/api/v2/projects/:p/datasets/:d';
  app.use(dataset, async (req, res, next) => {
    const context = startContext(res, keyRecord(req.get('x-test-key') ?? 'tester'));
    const { p, d } = req.params;
    context.dataset = await datasets.get(`${p}/${d}`, () => store.datasets.get(p, d));
    next();
  });
  app.post(`${dataset}/uploads/:u/items`, intake.postItems);
  app.put(`${dataset}/frames/:f`, intake.putFrame);
  app.patch(`${dataset}/frames/:f`, intake.patchFrame);
  app.delete(`${dataset}/frames/:f`, intake.deleteFrame);
  app.use(errorHandler(logger));
  const server = createServer(app);
  configureServer(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    intake,
    hinted,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await intake.close();
    },
  };
}

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Record<string, unknown>;
}

/** Sends a request; the body may come in pieces, as fast as they are made. */
export function send(
  port: number,
  method: string,
  path: string,
  body: Buffer | string | AsyncIterable<Buffer | string> | undefined,
  headers: Record<string, string> = {},
  options: RequestOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request({ port, method, path, headers, ...options }, (res) => {
      const parts: Buffer[] = [];
      res.on('data', (part: Buffer) => parts.push(part));
      res.on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          body: JSON.parse(text || '{}') as Answer['body'],
        });
      });
      res.on('error', reject);
    });
    req.on('error', reject);
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) req.end(body);
    else void writePieces(req, body).catch(reject);
  });
}

async function writePieces(req: ReturnType<typeof request>, pieces: AsyncIterable<Buffer | string>): Promise<void> {
  for await (const piece of pieces) {
    if (!req.write(piece)) await new Promise((resolve) => req.once('drain', resolve));
  }
  req.end();
}

function keyRecord(key_id: string): KeyRecord {
  return { key_id, name: key_id, role: 'writer', created_at: new Date(0) };
}
