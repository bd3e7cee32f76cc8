import { join } from 'node:path';
import { startChild, type Child } from '../../engines/child';
import { startMongod } from '../../engines/mongod';
import { freePort } from '../../engines/ports';
import { startReplicaSet, type RunningReplicaSet } from '../../engines/replica-set';
import { startTemporalServer } from '../../engines/temporal-server';
import { testMongodBinary, testTemporalBinary } from './engines';
import { eventually } from './eventually';
import { KeptProcess } from './kept-process';
import { PatientClient } from './patient-client';

const DIST = join(__dirname, '..', '..', 'dist');
const ADMIN_KEY = 'fault-test-admin-key-0123456789abcdef';
/** What a small machine has left for four processes at once. */
const NODE_FLAGS = ['--max-semi-space-size=32', '--enable-source-maps'];

/**
 * MongoDB lets the transaction of a killed client stand for 60 s (transactionLifetimeLimitSeconds) and looks every 30 s;
 * until then nobody else can write the same documents.
 */
export const RECOVERY_MS = 180_000;

export type Part = 'worker' | 'api' | 'temporal' | 'mongod';

/** All of Vivarium as separate processes on engines of its own; each is started again when it is killed. */
export interface RunningSystem {
  client: PatientClient;
  apiUrl: string;
  adminKey: string;
  mongodbUri: string;
  temporalAddress: string;
  parts: Partial<Record<Part, KeptProcess>>;
  /** The three nodes, where the system was started on them. */
  replicaSet?: RunningReplicaSet;
  /** The log of a part, for a look after a failure. */
  folder: string;
  stop(): Promise<void>;
}

/** Starts the system and waits until it is ready. `nodes` above 1: MongoDB as a replica set, which the caller may hurt. */
export async function startSystem(folder: string, { nodes = 1 } = {}): Promise<RunningSystem> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  try {
    const parts: RunningSystem['parts'] = {};
    const replicaSet =
      nodes > 1
        ? await startReplicaSet({ binary: await testMongodBinary(), nodes, folder: join(folder, 'nodes') })
        : undefined;
    if (replicaSet) stops.push(replicaSet.stop);
    const mongodbUri = replicaSet?.uri ?? (await startOneMongod());
    const temporalAddress = await startTemporal();
    const port = await freePort();
    const env = {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      MONGODB_URI: mongodbUri,
      TEMPORAL_ADDRESS: temporalAddress,
      VIVARIUM_ADMIN_KEY: ADMIN_KEY,
      LOG_LEVEL: 'info',
    };
    await keep('worker', () => service('worker', env));
    await keep('api', () => service('api', env));
    const apiUrl = `http://127.0.0.1:${port}`;
    const client = new PatientClient(apiUrl, ADMIN_KEY);
    await eventually(() => client.ready(), 90_000, 200);
    return { client, apiUrl, adminKey: ADMIN_KEY, mongodbUri, temporalAddress, parts, replicaSet, folder, stop };

    async function keep<C extends Child>(name: Part, start: () => Promise<C>): Promise<KeptProcess<C>> {
      const kept = await KeptProcess.start(name, start);
      stops.push(() => kept.stop());
      parts[name] = kept as unknown as KeptProcess;
      return kept;
    }

    async function startOneMongod(): Promise<string> {
      const options = { binary: await testMongodBinary(), dbPath: join(folder, 'mongodb'), port: await freePort() };
      const kept = await keep('mongod', () =>
        startMongod({ ...options, logFile: join(folder, 'mongod.log'), cacheGb: 0.5 }),
      );
      return kept.child?.uri ?? '';
    }

    async function startTemporal(): Promise<string> {
      const options = {
        binary: await testTemporalBinary(),
        dbFile: join(folder, 'temporal.db'),
        port: await freePort(),
      };
      const kept = await keep('temporal', () =>
        startTemporalServer({ ...options, logFile: join(folder, 'temporal.log') }),
      );
      return kept.child?.address ?? '';
    }

    function service(name: 'worker' | 'api', given: NodeJS.ProcessEnv): Promise<Child> {
      const entry = join(DIST, name, 'main.js');
      return startChild({
        command: process.execPath,
        args: [...NODE_FLAGS, entry],
        logFile: join(folder, `${name}.log`),
        env: given,
      });
    }
  } catch (error) {
    await stop();
    throw error;
  }
}
