import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { datasetWorkflowId } from '../../temporal/workflow-ids';
import { workSignal } from '../../workflows/messages';
import { testTemporalAddress } from '../support/engines';

const taskQueue = `dataset-${randomUUID()}`;
const drains: (() => Promise<{ published: number; head: number; more: boolean }>)[] = [];
let drained = 0;
let connections: { close(): Promise<void> }[] = [];
let client: Client;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR', () => undefined);
  Runtime.install({ logger });
  const address = testTemporalAddress();
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  connections = [connection, clientConnection];
  client = new Client({ connection: clientConnection });
  worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: await bundleWorkflowCode({ workflowsPath: require.resolve('../../workflows'), logger }),
    activities: {
      drainDataset: () => {
        drained++;
        return drains.shift()?.() ?? { published: 0, head: 0, more: false };
      },
    },
  });
  running = worker.run();
}, 90_000);

afterAll(async () => {
  worker?.shutdown();
  await running;
  for (const connection of connections) await connection.close();
}, 60_000);

beforeEach(() => {
  drained = 0;
  drains.length = 0;
});

function start(key: number) {
  const ref = { project: 'p', dataset: 'd', key };
  const workflowId = `${datasetWorkflowId(ref)}/${randomUUID()}`;
  return client.workflow.start('dataset', { taskQueue, workflowId, args: [ref] });
}

describe('the actor of a dataset', () => {
  it('has an id that a person can read', () => {
    expect(datasetWorkflowId({ project: 'p', dataset: 'd', key: 7 })).toBe('dataset/p/d/7');
  });

  it('drains once and ends when nothing is left', async () => {
    await (await start(1)).result();
    expect(drained).toBe(1);
  }, 60_000);

  it('drains on while there is more', async () => {
    drains.push(async () => ({ published: 1, head: 1, more: true }));
    await (await start(2)).result();
    expect(drained).toBe(2);
  }, 60_000);

  it('drains again when work arrives during a drain', async () => {
    const handle = await new Promise<Awaited<ReturnType<typeof start>>>((resolve, reject) => {
      const started = start(3);
      drains.push(async () => {
        const own = await started;
        await own.signal(workSignal);
        resolve(own);
        return { published: 1, head: 1, more: false };
      });
      started.catch(reject);
    });
    await handle.result();
    expect(drained).toBe(2);
  }, 60_000);

  it('goes on in a new run before its history grows long, and loses no drain', async () => {
    const rounds = 200;
    for (let round = 1; round <= rounds; round++)
      drains.push(async () => ({ published: 1, head: round, more: round < rounds }));
    const handle = await start(4);
    await handle.result();
    expect(drained).toBe(rounds);
    const first = client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId);
    const history = (await first.fetchHistory()).events ?? [];
    expect(history.at(-1)?.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy();
    expect(history.length).toBeLessThan(1_100);
  }, 180_000);
});
