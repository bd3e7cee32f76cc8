import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities';
import { testTemporalAddress } from '../support/engines';

/** A worker for the real workflows, on a task queue of its own, and a client of its server. */
export interface TestWorker {
  client: Client;
  taskQueue: string;
  stop(): Promise<void>;
}

/** Starts one with the given activities; those that are missing must not be called. */
export async function startTestWorker(activities: Partial<Activities>): Promise<TestWorker> {
  const logger = new DefaultLogger('ERROR', () => undefined);
  Runtime.install({ logger });
  const address = testTemporalAddress();
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const taskQueue = `test-${randomUUID()}`;
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle: await bundleWorkflowCode({ workflowsPath: require.resolve('../../workflows'), logger }),
    activities,
  });
  const running = worker.run();
  return {
    client: new Client({ connection }),
    taskQueue,
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
      await native.close();
    },
  };
}
