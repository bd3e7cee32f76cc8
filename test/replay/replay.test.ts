import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import * as workflows from '../../workflows';
import { cancelsFirst, changedWorkflows, readsTwice } from '../support/changed-workflows';

interface SavedEvent {
  eventType: string;
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
}

const FOLDER = join(__dirname, 'histories');
const FILES = readdirSync(FOLDER);
const PAYLOAD_LIMIT = 64 * 1024;
const REFUSED = /nondeterminism|activity type/i;
const logger = new DefaultLogger('ERROR', () => undefined);

let present: WorkflowBundle;

const saved = (file: string): { events: SavedEvent[] } =>
  JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { events: SavedEvent[] };

beforeAll(async () => {
  Runtime.install({ logger });
  present = await bundleWorkflowCode({ workflowsPath: require.resolve('../../workflows'), logger });
}, 90_000);

it('has a history of every workflow', () => {
  const recorded = new Set(FILES.map((file) => file.split('.')[0]));
  expect([...recorded].sort()).toEqual(Object.keys(workflows).sort());
});

it.each(FILES)('replays %s with the workflows as they are', async (file) => {
  await Worker.runReplayHistory({ workflowBundle: present }, saved(file));
});

it.each(FILES)('finds no payload over 64 KiB in %s', (file) => {
  expect(Math.max(...payloads(saved(file)).map((data) => data.length))).toBeLessThan(PAYLOAD_LIMIT);
});

it('refuses a history that was altered', async () => {
  const history = saved('streamingUpload.done.json');
  const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes !== undefined);
  scheduled!.activityTaskScheduledEventAttributes!.activityType.name = 'anotherActivity';
  await expect(Worker.runReplayHistory({ workflowBundle: present }, history)).rejects.toThrow(REFUSED);
});

describe('a change of the workflow code', () => {
  it('replays the old histories under a patch', async () => {
    const workflowBundle = await changedWorkflows('replay', readsTwice);
    for (const file of FILES.filter((name) => name.startsWith('streamingUpload')))
      await Worker.runReplayHistory({ workflowBundle }, saved(file));
  }, 60_000);

  it('is found without one', async () => {
    const workflowBundle = await changedWorkflows('replay', cancelsFirst);
    const history = saved('streamingUpload.done.json');
    await expect(Worker.runReplayHistory({ workflowBundle }, history)).rejects.toThrow(REFUSED);
  }, 60_000);
});

/** The data of every payload in a history, decoded. */
function payloads(value: unknown): Buffer[] {
  if (Array.isArray(value)) return value.flatMap(payloads);
  if (typeof value !== 'object' || value === null) return [];
  const { data, metadata } = value as { data?: unknown; metadata?: unknown };
  const own = typeof data === 'string' && metadata !== undefined ? [Buffer.from(data, 'base64')] : [];
  return [...own, ...Object.values(value).flatMap(payloads)];
}
