import { deleteDatasetWorkflowId, deleteProjectWorkflowId } from '../../temporal/workflow-ids';
import { activitiesOf } from '../support/activities-of';
import { DrainedStore, putItem } from '../support/drained-store';
import { startTestWorker, type TestWorker } from './test-worker';

let one: DrainedStore;
let worker: TestWorker;

beforeAll(async () => {
  one = await DrainedStore.open('deletions');
  worker = await startTestWorker(activitiesOf(one.store));
}, 90_000);
afterAll(async () => {
  await worker?.stop();
  await one?.close();
}, 60_000);

/** How many documents each collection has that may hold something of a dataset. */
async function left(key: number) {
  const { c } = one.store.database;
  const names = ['datasets', 'uploads', 'submissions', 'windows', 'commits', 'versions', 'frames'] as const;
  const counts = names.map((name) =>
    c[name].countDocuments((name === 'datasets' ? { _id: key } : { dataset: key }) as object),
  );
  return Object.fromEntries((await Promise.all(counts)).map((count, at) => [names[at], count]));
}

const NOTHING = { datasets: 0, uploads: 0, submissions: 0, windows: 0, commits: 0, versions: 0, frames: 0 };

it('a dataset that is marked is removed with all its documents, and its neighbour stays', async () => {
  const { store } = one;
  await one.drainToEnd(await one.submit('STREAMING', [putItem('a'), putItem('b', {}, 'unicorn')]));
  const neighbour = await store.datasets.create({ project: 'p', dataset: 'neighbour', mode: 'STREAMING' });
  await store.datasets.markDeleting(one.key);
  expect((await left(one.key)).frames).toBe(1);
  const ref = { project: 'p', dataset: 'd', key: one.key };
  const { client, taskQueue } = worker;
  await client.workflow.execute('deleteDataset', { taskQueue, workflowId: deleteDatasetWorkflowId(ref), args: [ref] });
  expect(await left(one.key)).toEqual(NOTHING);
  expect(await left(neighbour.key)).toEqual({ ...NOTHING, datasets: 1 });
}, 60_000);

it('a project that is marked is removed with all its datasets', async () => {
  const { store } = one;
  const project = 'whole';
  await store.projects.create({ project, label_classes: [], primary_task: '2D_OBJECT_DETECTION' });
  const keys = [];
  for (const dataset of ['a', 'b']) keys.push((await store.datasets.create({ project, dataset, mode: 'BATCH' })).key);
  for (const key of keys) await store.uploads.open(key, { kind: 'BATCH', created_by: 'tester', message: '' });
  await store.projects.markDeleting(project);
  const { client, taskQueue } = worker;
  const workflowId = deleteProjectWorkflowId(project);
  await client.workflow.execute('deleteProject', { taskQueue, workflowId, args: [{ project }] });
  for (const key of keys) expect(await left(key)).toEqual(NOTHING);
  expect(await store.database.c.projects.countDocuments({ _id: project })).toBe(0);
  expect((await store.maintenance.deletions()).projects).toEqual([]);
}, 60_000);
