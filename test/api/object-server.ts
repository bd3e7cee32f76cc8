import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { configureServer } from '../../api/intake';
import { objectRoutes } from '../../api/objects';
import type { ObjectKind } from '../../store/objects';
import { connectStore, type MongoStore } from '../../store/mongo';
import { freshDatabaseName, testMongoUri } from '../support/engines';
import { exchange } from './raw-exchange';

export const MIB = 1024 * 1024;
export const IDLE_MS = 400;

/** The routes of objects behind real HTTP; an object may have 400 MiB. */
export class ObjectServer {
  private constructor(
    readonly store: MongoStore,
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<ObjectServer> {
    const objects = { maxBytes: 400 * MIB };
    const store = await connectStore(testMongoUri(freshDatabaseName('objects_api')), { objects });
    const app = express();
    let port = 0;
    const deps = { store, publicUrl: () => `http://127.0.0.1:${port}`, logger: pino({ level: 'silent' }) };
    app.use('/objects', objectRoutes(deps, { idleMs: IDLE_MS, lingerMs: 1_000 }));
    const server = createServer(app);
    configureServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
    return new ObjectServer(store, server, port);
  }

  get root(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await this.store.database.db.dropDatabase();
    await this.store.close();
  }

  /** A place to upload to, with its two URLs. */
  async newObject(filename = 'U_data_batch_000001.jsonl', kind: ObjectKind = 'FILE') {
    const made = await this.store.objects.create({ project: 'p', dataset: 'd', filename, kind });
    const { object_id, upload_token } = made;
    return { ...made, put: `${this.root}/objects/uploads/${upload_token}`, get: `${this.root}/objects/${object_id}` };
  }

  /** A complete asset. */
  async asset(bytes: Buffer, filename = 'U_a.png') {
    const made = await this.newObject(filename, 'ASSET');
    expect((await exchange('PUT', made.put, {}, bytes)).status).toBe(200);
    return made;
  }
}
