import { mkdirSync } from 'node:fs';
import { MongoClient, MongoServerError, type Db, type Document } from 'mongodb';
import { startChild, type Child } from './child';
import { EngineError } from './engine-error';
import { assertPortFree } from './ports';
import { waitUntilUp } from './wait-until-up';

/** The codes of replSetGetConfig on a node that was never in a replica set. */
const NOT_YET_INITIALIZED = 94;

export interface MongodOptions {
  /** The mongod to run, as `locateMongod` finds it. */
  binary: string;
  /** The folder of the data; made when absent. The data is found again by starting on the same folder. */
  dbPath: string;
  port: number;
  logFile: string;
  /** At most so many GB of cache (mongod's own default is half of the machine's memory). */
  cacheGb?: number;
  /** Called with the process id as soon as there is one, before mongod is up. */
  onSpawn?: (pid: number) => void;
}

/** A mongod that runs as a replica set of one node, writable. */
export interface RunningMongod extends Child {
  readonly port: number;
  /** Connection string without a database. */
  readonly uri: string;
}

export const REPLICA_SET = 'vivarium';

/**
 * MongoDB keeps the transaction of a worker that was killed until it is this old, a minute by default, and the commit waits
 * for the frames that it holds. Vivarium's own take well under a second.
 */
const TRANSACTION_SECONDS = 15;

/** Starts a mongod process as a member of the replica set; it may not be initiated yet. */
export async function spawnMongod(options: MongodOptions, extraArgs: readonly string[] = []): Promise<Child> {
  await assertPortFree(options.port, 'MongoDB', 'MONGODB_PORT');
  mkdirSync(options.dbPath, { recursive: true });
  const child = await startChild({
    command: options.binary,
    args: [
      ...['--dbpath', options.dbPath, '--port', String(options.port), '--bind_ip', '127.0.0.1'],
      '--nounixsocket',
      ...['--replSet', REPLICA_SET, '--wiredTigerCacheSizeGB', String(options.cacheGb ?? 1), '--quiet'],
      ...['--setParameter', `transactionLifetimeLimitSeconds=${TRANSACTION_SECONDS}`],
      ...extraArgs,
    ],
    logFile: options.logFile,
  });
  options.onSpawn?.(child.pid);
  return child;
}

/**
 * Starts mongod on a folder and waits until it takes writes.
 * @throws EngineError when it does not come up; nothing is left running then
 */
export async function startMongod(options: MongodOptions): Promise<RunningMongod> {
  const child = await spawnMongod(options);
  const host = `127.0.0.1:${options.port}`;
  try {
    await waitUntilUp({ child, what: 'MongoDB', timeoutMs: 60_000, isUp: () => isAnswering(options.port) });
    await withAdmin(options.port, (admin) => ensureInitiated(admin, host));
    await waitUntilUp({ child, what: 'MongoDB', timeoutMs: 30_000, isUp: () => isPrimary(options.port) });
  } catch (error) {
    await child.kill();
    throw error;
  }
  return { ...child, port: options.port, uri: `mongodb://${host}/?replicaSet=${REPLICA_SET}` };
}

/** Runs commands on one node, whatever its state in the replica set. A client that failed to connect once stays closed: hence one each. */
export async function withAdmin<T>(port: number, use: (admin: Db) => Promise<T>): Promise<T> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 1_000,
    connectTimeoutMS: 2_000,
  });
  try {
    return await use(client.db('admin'));
  } finally {
    await client.close();
  }
}

/** Whether a mongod answers on a port; throws what stands in the way. */
export async function isAnswering(port: number): Promise<boolean> {
  await withAdmin(port, (admin) => admin.command({ ping: 1 }));
  return true;
}

/** Whether the mongod on a port takes writes; throws when it does not answer. */
export async function isPrimary(port: number): Promise<boolean> {
  const hello = await withAdmin(port, (admin) => admin.command({ hello: 1 }));
  return hello.isWritablePrimary === true;
}

async function ensureInitiated(admin: Db, host: string): Promise<void> {
  const config = await currentConfig(admin);
  if (config === undefined) {
    await admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
    return;
  }
  const [member, ...others] = config.members as Document[];
  if (config._id !== REPLICA_SET || !member || others.length > 0) {
    throw new EngineError(
      `The MongoDB data folder belongs to another replica set ("${String(config._id)}", ${config.members.length} members); choose another VIVARIUM_DATA_DIR`,
    );
  }
  // The set remembers its address: after a change of the port the node would not find itself in it.
  if (member.host !== host) {
    const moved = { ...config, version: Number(config.version) + 1, members: [{ ...member, host }] };
    await admin.command({ replSetReconfig: moved, force: true });
  }
}

async function currentConfig(admin: Db): Promise<Document | undefined> {
  try {
    const answer = await admin.command({ replSetGetConfig: 1 });
    return answer.config as Document;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NOT_YET_INITIALIZED) return undefined;
    throw error;
  }
}
