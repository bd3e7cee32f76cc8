import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './child';
import { EngineError } from './engine-error';
import { isAnswering, isPrimary, REPLICA_SET, spawnMongod, withAdmin } from './mongod';
import { freePort } from './ports';
import { waitUntilUp } from './wait-until-up';

export interface ReplicaSetOptions {
  binary: string;
  nodes: number;
  /** The folder that holds data and logs of all nodes. */
  folder: string;
}

/** One mongod of a replica set. */
export interface ReplicaSetNode {
  readonly port: number;
  /** The id of the running process; changes with a restart. */
  readonly pid: number;
  /** Kills the process (SIGKILL) and waits for its end. */
  kill(): Promise<void>;
  /** Starts the process again on its folder and port, and waits until it answers. */
  restart(): Promise<void>;
}

export interface RunningReplicaSet {
  /** Connection string that names all nodes, without a database. */
  readonly uri: string;
  readonly nodes: readonly ReplicaSetNode[];
  /** The node that takes writes; waits for an election when there is none. */
  primary(): Promise<ReplicaSetNode>;
  /** Stops all nodes that run. */
  stop(): Promise<void>;
}

/**
 * Starts a replica set of several nodes on this machine, for tests of a lost primary. Its elections are quick (about 2 s).
 * @throws EngineError when it does not come up; nothing is left running then
 */
export async function startReplicaSet(options: ReplicaSetOptions): Promise<RunningReplicaSet> {
  const nodes: Node[] = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    for (let index = 0; index < options.nodes; index++) {
      nodes.push(await Node.start(options, index, await freePort()));
    }
    await initiate(nodes);
    await primaryOf(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  const hosts = nodes.map((node) => `127.0.0.1:${node.port}`).join(',');
  return { uri: `mongodb://${hosts}/?replicaSet=${REPLICA_SET}`, nodes, primary: () => primaryOf(nodes), stop };
}

class Node implements ReplicaSetNode {
  private constructor(
    private readonly options: ReplicaSetOptions,
    private readonly index: number,
    readonly port: number,
    private child: Child,
  ) {}

  static async start(options: ReplicaSetOptions, index: number, port: number): Promise<Node> {
    return new Node(options, index, port, await startNode(options, index, port));
  }

  get pid(): number {
    return this.child.pid;
  }

  get isRunning(): boolean {
    return !this.child.hasExited();
  }

  async kill(): Promise<void> {
    await this.child.kill();
  }

  async restart(): Promise<void> {
    await this.child.stop();
    this.child = await startNode(this.options, this.index, this.port);
  }

  async stop(): Promise<void> {
    await this.child.stop();
  }
}

async function startNode({ binary, folder }: ReplicaSetOptions, index: number, port: number): Promise<Child> {
  const dbPath = join(folder, `node-${index}`);
  const child = await spawnMongod({ binary, dbPath, port, logFile: `${dbPath}.log`, cacheGb: 0.25 });
  await waitUntilUp({ child, what: `MongoDB node ${index}`, timeoutMs: 60_000, isUp: () => isAnswering(port) });
  return child;
}

async function initiate(nodes: readonly Node[]): Promise<void> {
  const [first] = nodes;
  if (!first) throw new EngineError('A replica set needs one node or more');
  const members = nodes.map((node, _id) => ({ _id, host: `127.0.0.1:${node.port}` }));
  await withAdmin(first.port, (admin) =>
    admin.command({
      replSetInitiate: {
        _id: REPLICA_SET,
        members,
        settings: { electionTimeoutMillis: 2_000, heartbeatIntervalMillis: 500 },
      },
    }),
  );
}

async function primaryOf(nodes: readonly Node[]): Promise<Node> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    for (const node of nodes.filter((candidate) => candidate.isRunning)) {
      if (await isPrimary(node.port).catch(() => false)) return node;
    }
    await sleep(100);
  }
  throw new EngineError('The replica set elected no primary within 60 s; more than half of its nodes have to run');
}
