import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { MongoClient, type Collection, type Db, type Document } from 'mongodb';
import { loadSettings } from '../config/settings';
import { freePort } from '../engines/ports';
import { launch, type Launch } from '../launcher/launch';
import { BenchClient } from './client';
import { CLASSES, items } from './frames';

const PROJECT = 'bench';

/** What every row gets: the running system, the same mongod by the plain driver, and how large to be. */
export interface Bench {
  client: BenchClient;
  /** The database of the system under test. */
  db: Db;
  /** A database beside it for what the plain driver writes; majority and journal, as the store does. */
  floor: Db;
  temporalAddress: string;
  /** Versions of the engines. */
  engines: string;
  /** A share of the full sizes: 1, or less with --quick. */
  scale: number;
  huge: boolean;
  /** Process ids, for their memory. */
  pids: { worker: number; api: number };
  /** A new dataset's path. */
  dataset(name: string): Promise<string>;
  /** A dataset filled with frames 0 to count - 1. */
  filled(name: string, count: number): Promise<string>;
  /** The number that the store knows a dataset by. */
  key(path: string): Promise<number>;
}

/** Starts all of Vivarium as `npm start` does, on a folder that is thrown away, runs the work, and stops it. */
export async function withBench<T>(
  options: { scale: number; huge: boolean },
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'vivarium-bench-'));
  const [port, mongodbPort, temporalPort] = [await freePort(), await freePort(), await freePort()];
  const env = {
    ...process.env,
    PORT: String(port),
    MONGODB_PORT: String(mongodbPort),
    TEMPORAL_PORT: String(temporalPort),
    TEMPORAL_UI: 'false',
    // Nothing of the caller's: an empty setting counts as unset.
    HOST: '127.0.0.1',
    PUBLIC_URL: '',
    MONGODB_URI: '',
    TEMPORAL_ADDRESS: '',
    VIVARIUM_ADMIN_KEY: '',
    VIVARIUM_DATA_DIR: folder,
    LOG_LEVEL: 'warn',
  };
  let started: Launch | undefined;
  let mongo: MongoClient | undefined;
  try {
    const root = join(__dirname, '..');
    const entries = { worker: join(root, 'worker', 'main.js'), api: join(root, 'api', 'main.js') };
    started = launch({ settings: loadSettings(env), env, entries, log: (sentence) => console.error(sentence) });
    const { apiUrl, adminKey, folder: data } = await started.ready;
    mongo = await MongoClient.connect(`mongodb://127.0.0.1:${mongodbPort}/?replicaSet=vivarium`, {
      writeConcern: { w: 'majority', journal: true },
    });
    const client = new BenchClient(apiUrl, adminKey.key);
    await client.send('POST', '/projects', { id: PROJECT, label_classes: CLASSES });
    const bench: Bench = {
      client,
      db: mongo.db('vivarium'),
      floor: mongo.db('floor'),
      temporalAddress: `127.0.0.1:${temporalPort}`,
      engines: `mongod ${((await mongo.db('admin').command({ buildInfo: 1 })) as { version: string }).version}, Temporal ${await temporalVersion(`127.0.0.1:${temporalPort}`)}`,
      ...options,
      pids: { worker: await pidIn(data.pidFile('worker')), api: await pidIn(data.pidFile('api')) },
      async dataset(name) {
        await client.send('POST', `/projects/${PROJECT}/datasets`, { id: name });
        return `/projects/${PROJECT}/datasets/${name}`;
      },
      async filled(name, count) {
        const path = await bench.dataset(name);
        const post = 10_000;
        const bodies = Array.from({ length: Math.ceil(count / post) }, (_, at) =>
          items(at * post, Math.min(post, count - at * post)),
        );
        await client.upload(path, bodies);
        return path;
      },
      async key(path) {
        const found = await bench.db
          .collection<{ _id: number; name: string }>('datasets')
          .findOne({ name: path.split('/').at(-1) ?? '' });
        if (!found) throw new Error(`There is no dataset ${path}`);
        return found._id;
      },
    };
    return await work(bench);
  } finally {
    await mongo?.close();
    await started?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function temporalVersion(address: string): Promise<string> {
  const connection = await Connection.connect({ address });
  try {
    return (await connection.workflowService.getSystemInfo({})).serverVersion ?? 'unknown';
  } finally {
    await connection.close();
  }
}

async function pidIn(file: string): Promise<number> {
  return (JSON.parse(await readFile(file, 'utf8')) as { pid: number }).pid;
}

/** A collection that did not exist before. */
export async function emptyCollection(db: Db, name: string): Promise<Collection<Document>> {
  await db.collection(name).drop();
  return db.createCollection(name);
}
