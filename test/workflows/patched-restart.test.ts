import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker';
import { uploadWorkflowId } from '../../temporal/workflow-ids';
import { changedSignal } from '../../workflows/messages';
import { activitiesOf } from '../support/activities-of';
import { changedWorkflows, readsTwice } from '../support/changed-workflows';
import { DrainedStore, putItem } from '../support/drained-store';
import { testTemporalAddress } from '../support/engines';
import { eventually } from '../support/eventually';

const taskQueue = `patched-${randomUUID()}`;
const logger = new DefaultLogger('ERROR', () => undefined);

let drained: DrainedStore;
let native: NativeConnection;
let connection: Connection;

beforeAll(async () => {
  Runtime.install({ logger });
  drained = await DrainedStore.open('patched_restart');
  native = await NativeConnection.connect({ address: testTemporalAddress() });
  connection = await Connection.connect({ address: testTemporalAddress() });
}, 60_000);
afterAll(async () => {
  await connection?.close();
  await native?.close();
  await drained?.close();
});

/** A worker on the real store; `stop` waits until it has ended. */
async function startWorker(workflowBundle: WorkflowBundle): Promise<{ stop(): Promise<void> }> {
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle,
    activities: activitiesOf(drained.store),
  });
  const running = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await running;
    },
  };
}

it('an upload that was open when the worker stopped finishes on changed workflow code', async () => {
  const { store, key } = drained;
  const { upload_id } = await store.uploads.open(key, { kind: 'STREAMING', created_by: 'tester', message: '' });
  const ref = { project: 'p', dataset: 'd', key, upload_id, kind: 'STREAMING' as const };
  const { workflow } = new Client({ connection });
  const before = await startWorker(
    await bundleWorkflowCode({ workflowsPath: require.resolve('../../workflows'), logger }),
  );
  const handle = await workflow.start('streamingUpload', { taskQueue, workflowId: uploadWorkflowId(ref), args: [ref] });
  const reads = async () =>
    (await handle.fetchHistory()).events?.filter((event) => event.activityTaskCompletedEventAttributes != null).length;
  await eventually(async () => expect(await reads()).toBe(1));
  await before.stop();

  const after = await startWorker(await changedWorkflows('restart', readsTwice));
  try {
    const submission = await store.staging.begin(key, upload_id);
    const line = JSON.stringify(putItem('a'));
    const chunk = { index: 0, offset: 0, body: Buffer.from(line), frame_ids: ['a'], lines: [1], broken: [] };
    await store.staging.putChunk(submission, chunk);
    await store.staging.complete(submission, { chunks: 1, items: 1 });
    await store.uploads.close(key, upload_id);
    expect(await drained.drainToEnd(upload_id)).toMatchObject({ state: 'DONE', counts: { applied: 1 } });
    await handle.signal(changedSignal);
    await handle.result();
    // The read before the stop stays as it was; the one after it was made twice, as the change has it.
    expect(await reads()).toBe(3);
  } finally {
    await after.stop();
  }
}, 120_000);
