import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { pino } from 'pino';
import type { ReadUpload } from '../../activities/read-upload';
import type { Hints, UploadRef } from '../../temporal/hints';
import { temporalHints } from '../../temporal/temporal-hints';
import { uploadWorkflowId } from '../../temporal/workflow-ids';
import { changedSignal } from '../../workflows/messages';
import { eventually } from '../support/eventually';
import { startTestWorker, type TestWorker } from './test-worker';

const counts = { received: 1, applied: 1, unchanged: 0, failed: 0, not_applied: 0 };
const OPEN: ReadUpload = { state: 'OPEN', ended: false, open: true, counts, last_version: null };
const PROCESSING: ReadUpload = { ...OPEN, state: 'PROCESSING', open: false };
const DONE: ReadUpload = { ...PROCESSING, state: 'DONE', ended: true, last_version: 1 };

let worker: TestWorker;
let hints: Hints;
/** How the upload stands for the workflow under test, and what the workflow did. */
let upload: ReadUpload;
let done: string[];

beforeAll(async () => {
  worker = await startTestWorker({
    readUpload: async () => {
      done.push(`read ${upload.state}`);
      return upload;
    },
    cancelUpload: async ({ upload_id }) => {
      done.push(`cancel ${upload_id}`);
      upload = { ...DONE, state: 'CANCELLED' };
    },
  });
  hints = temporalHints({
    client: worker.client,
    taskQueue: worker.taskQueue,
    logger: pino({ level: 'silent' }),
    leased: async () => false,
    searchable: async () => false,
  });
}, 90_000);
afterAll(() => worker?.stop(), 60_000);

let ref: UploadRef;
let handle: WorkflowHandle;
beforeEach(() => {
  upload = OPEN;
  done = [];
  ref = { project: 'p', dataset: 'd', key: 1, upload_id: randomUUID(), kind: 'STREAMING' };
  handle = worker.client.workflow.getHandle(uploadWorkflowId(ref));
});

const seen = (expected: string[]) => eventually(() => expect(done).toEqual(expected));
const events = async () => (await handle.fetchHistory()).events ?? [];
const countOf = async (attributes: keyof Awaited<ReturnType<typeof events>>[number]) =>
  (await events()).filter((event) => event[attributes] != null).length;

describe('the workflow of an upload', () => {
  it('waits without looking while the upload is open, and looks when it is told of a change', async () => {
    hints.uploadChanged(ref, false);
    await seen(['read OPEN']);
    upload = DONE;
    expect(await countOf('timerStartedEventAttributes')).toBe(0);
    hints.uploadChanged(ref);
    await handle.result();
    expect(done).toEqual(['read OPEN', 'read DONE']);
  }, 60_000);

  it('is not woken by who only wants it to run', async () => {
    hints.uploadChanged(ref, false);
    await seen(['read OPEN']);
    const before = (await events()).length;
    const { runId } = (await handle.describe()).raw.workflowExecutionInfo?.execution ?? {};
    const again = { taskQueue: worker.taskQueue, workflowId: uploadWorkflowId(ref), args: [ref] };
    await expect(worker.client.workflow.start('streamingUpload', again)).rejects.toThrow(/already/i);
    hints.uploadChanged(ref, false);
    // A wake after it comes second, so what the start did is done.
    upload = DONE;
    hints.uploadChanged(ref);
    await handle.result();
    expect(before).toBeGreaterThan(0);
    expect(await countOf('workflowExecutionSignaledEventAttributes')).toBe(1);
    expect((await handle.describe()).raw.workflowExecutionInfo?.execution?.runId).toBe(runId);
    expect(done).toEqual(['read OPEN', 'read DONE']);
  }, 60_000);

  it('looks by itself while a closed upload is committed', async () => {
    upload = PROCESSING;
    hints.uploadChanged(ref, false);
    await seen(['read PROCESSING']);
    upload = DONE;
    await handle.result();
    expect(done).toEqual(['read PROCESSING', 'read DONE']);
    expect(await countOf('timerFiredEventAttributes')).toBe(1);
  }, 60_000);

  it('cancels the upload when it is cancelled, and shows how that left it', async () => {
    hints.uploadChanged(ref, false);
    await seen(['read OPEN']);
    await handle.cancel();
    const failure = await handle.result().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect((failure as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    expect(done).toEqual(['read OPEN', `cancel ${ref.upload_id}`, 'read CANCELLED']);
  }, 60_000);

  it('goes on in a new run before its history grows long', async () => {
    hints.uploadChanged(ref, false);
    await seen(['read OPEN']);
    const { runId } = (await handle.describe()).raw.workflowExecutionInfo?.execution ?? {};
    const first = worker.client.workflow.getHandle(uploadWorkflowId(ref), runId ?? '');
    for (let reads = 1; (await handle.describe()).raw.workflowExecutionInfo?.execution?.runId === runId; reads++) {
      await handle.signal(changedSignal);
      await eventually(() => expect(done.length).toBeGreaterThan(reads));
    }
    const history = (await first.fetchHistory()).events ?? [];
    expect(history.at(-1)?.workflowExecutionContinuedAsNewEventAttributes).toBeTruthy();
    expect(history.length).toBeLessThan(1_100);
    upload = DONE;
    await handle.signal(changedSignal);
    await handle.result();
    expect(done.at(-1)).toBe('read DONE');
  }, 180_000);
});
