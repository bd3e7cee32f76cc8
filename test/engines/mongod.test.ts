import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startMongod, type RunningMongod } from '../../engines/mongod';
import { assertPortFree, freePort } from '../../engines/ports';
import { processIdentity } from '../../engines/process-identity';
import { startReplicaSet, type RunningReplicaSet } from '../../engines/replica-set';
import { testMongodBinary } from '../support/engines';
import { scratchFolder } from '../support/scratch-folder';

const folder = scratchFolder();
const durable = { writeConcern: { w: 'majority', j: true } } as const;

async function withClient<T>(uri: string, use: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(uri);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

describe('a mongod on a folder', () => {
  const running: RunningMongod[] = [];
  const start = async (port: number) => {
    const mongod = await startMongod({
      binary: await testMongodBinary(),
      dbPath: join(folder, 'single'),
      port,
      logFile: join(folder, 'single.log'),
      cacheGb: 0.25,
    });
    running.push(mongod);
    return mongod;
  };
  const write = (uri: string, value: number) =>
    withClient(uri, (client) =>
      client.db('kept').collection<{ _id: number }>('values').insertOne({ _id: value }, durable),
    );
  const read = (uri: string) =>
    withClient(uri, async (client) => {
      const documents = await client.db('kept').collection<{ _id: number }>('values').find().sort({ _id: 1 }).toArray();
      return documents.map(({ _id }) => _id);
    });

  afterAll(async () => {
    await Promise.all(running.map((mongod) => mongod.kill()));
  });

  it('keeps acknowledged writes over a stop, a kill -9 and a change of its port', async () => {
    const port = await freePort();
    const first = await start(port);
    await write(first.uri, 1);
    expect(await first.stop()).toEqual({ code: 0, signal: null });

    const second = await start(port);
    await write(second.uri, 2);
    expect(await second.kill()).toEqual({ code: null, signal: 'SIGKILL' });

    const third = await start(await freePort());
    await write(third.uri, 3);
    expect(await read(third.uri)).toEqual([1, 2, 3]);
    await third.stop();
  }, 120_000);

  it('takes transactions', async () => {
    const mongod = await start(await freePort());
    await withClient(mongod.uri, async (client) => {
      const values = client.db('kept').collection<{ _id: number }>('values');
      await client.withSession((session) => session.withTransaction(() => values.insertOne({ _id: 4 }, { session })));
    });
    expect(await read(mongod.uri)).toContain(4);
    await mongod.stop();
  }, 60_000);

  it('says why it does not come up, and leaves nothing running', async () => {
    const mongod = await start(await freePort());
    const pids: number[] = [];
    const second = startMongod({
      binary: await testMongodBinary(),
      dbPath: join(folder, 'single'),
      port: await freePort(),
      logFile: join(folder, 'second.log'),
      onSpawn: (pid) => pids.push(pid),
    });
    await expect(second).rejects.toThrow(/^MongoDB ended while it started[^]*second\.log tells why:[^]*DBPathInUse/);
    expect(pids.map(processIdentity)).toEqual([undefined]);
    await mongod.stop();
  }, 60_000);
});

describe('a port', () => {
  let server: Server;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    server = createServer();
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  });
  afterAll(() => new Promise((done) => server.close(done)));

  it('that is taken is refused in a sentence that says what to set', async () => {
    await expect(assertPortFree(port, 'MongoDB', 'MONGODB_PORT')).rejects.toThrow(
      `Port ${port}, which MongoDB should listen on, is taken by another process; stop that process or set MONGODB_PORT to a free port`,
    );
  });

  it('that is free is not', async () => {
    await expect(assertPortFree(await freePort(), 'MongoDB', 'MONGODB_PORT')).resolves.toBeUndefined();
  });
});

describe('a replica set of three', () => {
  let set: RunningReplicaSet;

  beforeAll(async () => {
    set = await startReplicaSet({ binary: await testMongodBinary(), nodes: 3, folder: join(folder, 'three') });
  }, 120_000);
  afterAll(() => set?.stop(), 60_000);

  it('goes on with another primary when its primary is killed, and takes the dead node back', async () => {
    await withClient(set.uri, async (client) => {
      const values = client.db('kept').collection<{ _id: number }>('values');
      await values.insertOne({ _id: 1 }, durable);
      const killed = await set.primary();
      const { pid } = killed;
      await killed.kill();

      // The driver tries a write twice and no more, which is less than an election takes: so the election comes first.
      expect((await set.primary()).port).not.toBe(killed.port);
      await values.insertOne({ _id: 2 }, durable);

      await killed.restart();
      expect(killed.pid).not.toBe(pid);
      await values.insertOne({ _id: 3 }, { writeConcern: { w: 3, j: true } });
      expect(await values.countDocuments()).toBe(3);
    });
  }, 120_000);
});
