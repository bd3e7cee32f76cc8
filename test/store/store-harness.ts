import { MockActivityEnvironment } from '@temporalio/testing';
import { Semaphore } from 'async-mutex';
import { stringify } from 'lossless-json';
import { setTimeout as sleep } from 'node:timers/promises';
import { groupWriter, type GroupWriter } from '../../activities/commit/write-group';
import { ChunkBuilder } from '../../staging/chunk-builder';
import type { DatasetKey, DatasetMode, DatasetRecord, NewUpload, UploadRecord } from '../../store/records';
import { LINE_BYTES, type StagedChunk } from '../../store/staging';
import { connectStore, type MongoStore } from '../../store/mongo';
import { activitiesOf } from '../support/activities-of';
import { CLASSES } from '../support/arbitraries';
import { freshDatabaseName, testMongoUri } from '../support/engines';

/** A store on a database of its own, for the tests of one file. Call it at the top of the file. */
export function useStore(name: string, use: (store: MongoStore) => void): void {
  let store: MongoStore | undefined;
  beforeAll(async () => {
    store = await connectStore(testMongoUri(freshDatabaseName(name)));
    use(store);
  });
  afterAll(async () => {
    await store?.database.db.dropDatabase();
    await store?.close();
  });
}

let counter = 0;

/** An id that this test file has not used yet. */
export const freshId = (prefix: string): string => `${prefix}${++counter}`;

export async function newProject(store: MongoStore): Promise<string> {
  const project = freshId('project');
  const label_classes = CLASSES.map((name, id) => ({ name, id, color: [0, 0, 0] as [number, number, number] }));
  await store.projects.create({ project, label_classes, primary_task: '2D_OBJECT_DETECTION' });
  return project;
}

export async function newDataset(store: MongoStore, mode: DatasetMode = 'STREAMING'): Promise<DatasetRecord> {
  return store.datasets.create({ project: await newProject(store), dataset: freshId('dataset'), mode });
}

export const reread = ({ datasets }: MongoStore, { project, dataset }: DatasetRecord): Promise<DatasetRecord> =>
  datasets.get(project, dataset);

export const openUpload = (
  store: MongoStore,
  key: DatasetKey,
  upload: Partial<NewUpload> = {},
): Promise<UploadRecord> => store.uploads.open(key, { kind: 'STREAMING', created_by: 'k1', message: '', ...upload });

/** Lines cut into chunks as the intake cuts them, and at `chunkItems` as well. */
export function chunksOf(lines: readonly string[], chunkItems = 1_000): StagedChunk[] {
  const chunks: StagedChunk[] = [];
  for (let from = 0; from < lines.length; from += chunkItems) {
    const builder = new ChunkBuilder(LINE_BYTES);
    const cut = lines
      .slice(from, from + chunkItems)
      .map((line, at) => builder.add({ number: from + at + 1, bytes: Buffer.from(line) }));
    for (const chunk of [...cut, builder.end()])
      if (chunk) chunks.push({ ...chunk, index: chunks.length, offset: from + chunk.offset });
  }
  return chunks;
}

/** A float too large for an exact integer is written as a float: as a whole number, its shortest text is another integer. */
const LARGE_FLOATS = {
  test: (value: unknown) => typeof value === 'number' && Math.abs(value) >= 2 ** 53,
  stringify: (value: unknown) => (value as number).toExponential(),
};
const lineOf = (item: object): string => stringify(item, undefined, undefined, [LARGE_FLOATS]) ?? '';

/** Posts items to an upload, as one submission. */
export async function submit(
  { staging }: MongoStore,
  key: DatasetKey,
  upload_id: string,
  items: readonly (object | string)[],
  chunkItems?: number,
): Promise<{ first_index: number; count: number }> {
  const submission = await staging.begin(key, upload_id);
  const chunks = chunksOf(
    items.map((item) => (typeof item === 'string' ? item : lineOf(item))),
    chunkItems,
  );
  await Promise.all(chunks.map((chunk) => staging.putChunk(submission, chunk)));
  return staging.complete(submission, { chunks: chunks.length, items: items.length });
}

/** Opens, fills and closes an upload, and commits it. */
export async function upload(
  store: MongoStore,
  key: DatasetKey,
  items: readonly (object | string)[],
  opened: Partial<NewUpload> = {},
  chunkItems?: number,
): Promise<UploadRecord> {
  const { upload_id } = await openUpload(store, key, opened);
  await submit(store, key, upload_id, items, chunkItems);
  await store.uploads.close(key, upload_id);
  await drain(store, key);
  return store.uploads.get(key, upload_id);
}

/** A rollback or revert to its end. */
export async function restore(
  store: MongoStore,
  key: DatasetKey,
  plan: NonNullable<NewUpload['plan']>,
): Promise<UploadRecord> {
  const { upload_id } = await openUpload(store, key, { kind: 'to' in plan ? 'ROLLBACK' : 'REVERT', plan });
  await drain(store, key);
  return store.uploads.get(key, upload_id);
}

/** Lets the actor's own activity commit all that waits in a dataset's queue. */
export async function drain(
  store: MongoStore,
  key: DatasetKey,
  groups: GroupWriter = groupWriter(store.commits),
): Promise<void> {
  const environment = new MockActivityEnvironment();
  const activities = activitiesOf(store, { groups, slots: new Semaphore(4) });
  const draining = environment.run(activities.drainDataset, { project: '', dataset: '', key });
  let failure: unknown;
  const ended = draining.then(
    () => true,
    (error: unknown) => {
      failure = error;
      return true;
    },
  );
  while (!(await Promise.race([ended, sleep(5, false)])) && !(await isIdle(store, key)));
  // It would linger for more work.
  if (failure === undefined) {
    environment.cancel('CANCELLED');
    await ended;
    if ((failure as Error | undefined)?.name === 'CancelledFailure') return;
  }
  if (failure !== undefined) throw failure as Error;
}

async function isIdle({ commits }: MongoStore, key: DatasetKey): Promise<boolean> {
  if ((await commits.waiting(key, 1)).length > 0) return false;
  return ((await commits.dataset(key))?.pending_commit ?? null) === null;
}

/** Every live frame of a version, page by page. */
export async function readAll({ frames }: MongoStore, key: DatasetKey, version: number, limit = 100) {
  const found = [];
  let after: string | undefined;
  for (;;) {
    const page = await frames.page(key, version, {}, { after, limit });
    found.push(...page.items);
    if (page.next === null) return found;
    after = page.next;
  }
}

/** The code that a verb throws. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
}

export const box = (label_id: string, more: object = {}): object => ({
  label_id,
  type: 'BBOX_2D',
  class: 'RBC',
  geometry: { left: 1, top: 2, width: 3, height: 4 },
  ...more,
});

export const put = (frame_id: string, frame: object = {}, more: object = {}): object => ({
  op: 'put',
  frame_id,
  frame,
  ...more,
});
export const patch = (frame_id: string, frame: object, more: object = {}): object => ({
  op: 'patch',
  frame_id,
  frame,
  ...more,
});
export const remove = (frame_id: string): object => ({ op: 'delete', frame_id });

export async function listOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of source) list.push(one);
  return list;
}
