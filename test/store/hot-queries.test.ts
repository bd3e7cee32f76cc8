import type { DatasetRecord, UploadRecord } from '../../store/records';
import type { MongoStore } from '../../store/mongo';
import { box, drain, listOf, newDataset, openUpload, patch, put, submit, upload, useStore } from './store-harness';
import { observe, type Observed } from './profile';

let store: MongoStore;
useStore('hot', (opened) => (store = opened));

const FRAMES = 3_000;
const VERSIONS = 100;
/** Frames that each version after the first changes: one in a hundred. */
const CHANGED = 30;
const BAD = 40;
const id = (n: number): string => `f${String(n).padStart(5, '0')}`;

let dataset: DatasetRecord;
let first: UploadRecord;
let edits: UploadRecord;
let key: number;

beforeAll(async () => {
  dataset = await newDataset(store);
  ({ key } = dataset);
  // A neighbour with the same frames, uploads and tags, whose documents no query of the dataset may look at.
  const neighbour = await newDataset(store);
  const frames = Array.from({ length: FRAMES }, (_, n) =>
    put(id(n), {
      device_id: `d${n % 3}`,
      metadata: { n },
      labels: [box('l', { class: n % 10 === 0 ? 'WBC' : 'RBC' })],
    }),
  );
  const bad = Array.from({ length: BAD }, (_, n) => put(`bad${n}`, { labels: [box('l', { class: 'unicorn' })] }));
  for (const one of [neighbour, dataset]) {
    first = await upload(store, one.key, [...frames, ...bad]);
    edits = await openUpload(store, one.key);
    for (let version = 2; version <= VERSIONS; version++) {
      // Each post touches one frame of the one before, so that it has to make a version of its own.
      const changed = Array.from({ length: CHANGED }, (_, at) => (version * (CHANGED - 1) + at) % FRAMES);
      await submit(
        store,
        one.key,
        edits.upload_id,
        changed.map((n) => patch(id(n), { metadata: { edit: version } })),
      );
    }
    await drain(store, one.key);
    for (let version = 1; version <= VERSIONS; version += 5)
      await store.versions.putTag(one.key, `t${version}`, version);
    for (let n = 0; n < 200; n++) await openUpload(store, one.key, { kind: n % 2 === 0 ? 'STREAMING' : 'BATCH' });
  }
  for (const key_id of ['k1', 'k2'])
    await store.keys.create({ key_id, secret_hash: `hash of ${key_id}`, name: '', role: 'reader' });
  dataset = await store.datasets.get(dataset.project, dataset.dataset);
  expect(dataset.head).toBe(VERSIONS);
}, 120_000);

/** What the server may examine: keys and documents, beyond what it returns. */
interface Bound {
  keys: number;
  docs: number;
}

function expectWithin(commands: Observed[], bound: Bound): void {
  expect(commands.length).toBeGreaterThan(0);
  expect(commands.filter(({ plan }) => plan.includes('COLLSCAN'))).toEqual([]);
  expect(commands.filter(({ sorted }) => sorted)).toEqual([]);
  const sum = (field: 'keys' | 'docs' | 'returned'): number => commands.reduce((total, one) => total + one[field], 0);
  const [keys, docs] = [sum('keys'), sum('docs')];
  if (keys > bound.keys || docs > bound.docs)
    throw new Error(`Examined ${keys} keys and ${docs} documents: ${JSON.stringify(commands, null, 1)}`);
}

const ids = (from: number, count: number): string[] => Array.from({ length: count }, (_, n) => id(from + n));
const at = async (version: number): Promise<Date> => (await store.versions.get(key, version)).created_at!;

type Case = [name: string, verb: () => Promise<unknown>, bound: Bound];

// A page of 100 fetches one more, to know whether there is a next one.
const PAGE: Bound = { keys: 4 * 101, docs: 101 };

const reads: Case[] = [
  ['a page at head', () => store.frames.page(key, VERSIONS, {}, { after: id(1_000), limit: 100 }), PAGE],
  ['a page at an old version', () => store.frames.page(key, 10, {}, { after: id(1_000), limit: 100 }), PAGE],
  ['the first page of a prefix', () => store.frames.page(key, VERSIONS, { prefix: 'f010' }, { limit: 100 }), PAGE],
  // No index has classes or devices: a filter looks at the frames in order until the page is full.
  [
    'a page of one device in three',
    () => store.frames.page(key, VERSIONS, { device_id: 'd1' }, { limit: 100 }),
    { keys: 12 * 101, docs: 3 * 101 },
  ],
  [
    'a page of a class in one frame of ten',
    () => store.frames.page(key, 50, { class: 'WBC' }, { limit: 100 }),
    { keys: 40 * 101, docs: 10 * 101 },
  ],
  ['one frame', () => store.frames.get(key, VERSIONS, id(77)), { keys: 4, docs: 1 }],
  ['one frame at an old version', () => store.frames.get(key, 3, id(77)), { keys: 4, docs: 1 }],
  ['many frames', () => store.frames.getMany(key, VERSIONS, ids(500, 200)), { keys: 4 * 200, docs: 200 }],
  // Served by the index alone.
  [
    'a page of ids',
    () => store.frames.ids(key, VERSIONS, { after: id(1_000), limit: 1_000 }),
    { keys: 4 * 1_001, docs: 0 },
  ],
  ['the first ids of an old version', () => store.frames.ids(key, 10, { limit: 100 }), { keys: 4 * 101, docs: 0 }],
  ['revisions of many frames', () => store.frames.revisions(key, VERSIONS, ids(500, 200)), { keys: 4 * 200, docs: 0 }],
  ["a frame's history", () => store.frames.history(key, VERSIONS, id(60), { limit: 10 }), { keys: 10, docs: 10 }],
  [
    "a chunk's current revisions",
    () => store.commits.currentHeads(key, ids(0, 1_000)),
    { keys: 2 * 1_001, docs: 1_001 },
  ],
  [
    'a diff of one version',
    () => store.frames.changes(key, 49, 50, { limit: 100 }),
    { keys: 7 * CHANGED, docs: 3 * CHANGED },
  ],
  [
    'a page of a diff of many versions',
    () => store.frames.changes(key, 10, 90, { limit: 100 }),
    { keys: 9 * 101, docs: 4 * 101 },
  ],
  [
    'what a revert would meet',
    () => store.frames.revertConflicts(key, edits.upload_id, 10),
    { keys: 8 * CHANGED * VERSIONS, docs: 4 * CHANGED * VERSIONS },
  ],
];

const versions: Case[] = [
  ['a version by number', () => store.versions.get(key, 50), { keys: 1, docs: 1 }],
  ['the newest versions', () => store.versions.list(key, { limit: 10 }), { keys: 10, docs: 10 }],
  ['versions before one', () => store.versions.list(key, { before: 60, limit: 10 }), { keys: 10, docs: 10 }],
  ['a version by tag', () => store.versions.byTag(key, 't51'), { keys: 1, docs: 1 }],
  ['a version by time', async () => store.versions.byTime(key, await at(50)), { keys: 2, docs: 2 }],
  ['when versions were published', () => store.versions.publishedAt(key, [3, 50, 99]), { keys: 6, docs: 3 }],
];

const uploads: Case[] = [
  ['the newest uploads', () => store.uploads.list(key, {}, { limit: 20 }), { keys: 21, docs: 21 }],
  [
    'uploads of a kind',
    () => store.uploads.list(key, { kind: 'BATCH' }, { limit: 20 }),
    { keys: 21 + 6, docs: 21 + 6 },
  ],
  [
    'uploads of a kind and state',
    () => store.uploads.list(key, { kind: 'BATCH', state: 'OPEN' }, { limit: 20 }),
    { keys: 21, docs: 21 },
  ],
  [
    'uploads in a state that few are in',
    () => store.uploads.list(key, { state: 'PARTIAL' }, { limit: 20 }),
    { keys: 1 + 6, docs: 1 },
  ],
  ['an upload', () => store.uploads.get(key, first.upload_id), { keys: 1, docs: 1 }],
  [
    'the errors of an upload',
    () => listOf(store.uploads.errors(key, first.upload_id, { bodies: true })),
    { keys: 8, docs: 8 },
  ],
  [
    'a page of items',
    () => store.uploads.items(key, first.upload_id, {}, { after: 1_500, limit: 50 }),
    { keys: 60 + 8, docs: 60 + 8 },
  ],
  [
    'uploads of a kind in a state',
    () => store.uploads.list(key, { kind: 'STREAMING', state: 'PARTIAL' }, { limit: 20 }),
    { keys: 1, docs: 1 },
  ],
  ['the outcome of one item', () => store.uploads.outcome(edits.upload_id, 2_000), { keys: 8, docs: 8 }],
  [
    'the windows of an upload',
    () => store.uploads.windows(key, edits.upload_id, { after: 50, limit: 10 }),
    { keys: 12, docs: 12 },
  ],
];

const others: Case[] = [
  ['a dataset by name', () => store.datasets.get(dataset.project, dataset.dataset), { keys: 1, docs: 1 }],
  ['the datasets of a project', () => store.datasets.list(dataset.project, { limit: 10 }), { keys: 2, docs: 2 }],
  [
    'the datasets of a project that are in use',
    () => store.datasets.list(dataset.project, { limit: 10, archived: false }),
    { keys: 2, docs: 2 },
  ],
  [
    'the projects in use of a key',
    () => store.projects.list({ limit: 10, archived: false, only: [dataset.project] }),
    { keys: 2, docs: 1 },
  ],
  [
    'archiving a project of two datasets',
    async () => {
      const { project } = await newDataset(store);
      await store.datasets.create({ project, dataset: 'second', mode: 'STREAMING' });
      await store.projects.archive(project);
    },
    { keys: 12, docs: 12 },
  ],
  [
    'a declaration of types',
    () => store.datasets.declareLabelMetadata(key, { declared: 'STRING' }),
    { keys: 2, docs: 2 },
  ],
  ['a key by the hash of its secret', () => store.keys.bySecretHash('hash of k2'), { keys: 1, docs: 1 }],
  ['the queue of a dataset', () => store.commits.waiting(key, 500), { keys: 1, docs: 1 }],
  ['the datasets with work', () => store.commits.datasetsWithWork(), { keys: 4, docs: 4 }],
  ['the uploads that nobody watches', () => store.maintenance.unwatchedUploads(20), { keys: 42, docs: 42 }],
  ['the stale submissions', () => store.maintenance.dropStaleSubmissions(new Date(0)), { keys: 1, docs: 1 }],
  ['the orphaned single writes', () => store.maintenance.closeOrphanedDirects(new Date(0)), { keys: 1, docs: 1 }],
];

describe.each([
  ['reads', reads],
  ['versions', versions],
  ['uploads', uploads],
  ['others', others],
])('%s', (_group, cases) => {
  it.each(cases)('%s: no collection scan, no sort, little more examined than returned', async (_name, verb, bound) => {
    expectWithin(await observe(store, verb), bound);
  });
});

it('a commit of one chunk examines what the chunk names', async () => {
  const { upload_id } = await openUpload(store, key);
  await submit(
    store,
    key,
    upload_id,
    ids(0, 100).map((frame_id) => patch(frame_id, { metadata: { edit: 1_000 } })),
  );
  const commands = (await observe(store, () => drain(store, key))).filter(({ collection }) =>
    ['frames', 'chunks', 'bodies', 'versions'].includes(collection),
  );
  expectWithin(commands, { keys: 7 * 100, docs: 4 * 100 });
});

it('the work of a full queue is found in its order, without those of other datasets', async () => {
  const other = await newDataset(store);
  const waiting = [other.key, key].map(async (one) => {
    const { upload_id } = await openUpload(store, one);
    for (let n = 0; n < 30; n++) await submit(store, one, upload_id, [put(`w${n}`)]);
  });
  await Promise.all(waiting);
  expectWithin(await observe(store, () => store.commits.waiting(key, 10)), { keys: 10, docs: 10 });
  const commands = await observe(store, async () =>
    expect(await store.commits.datasetsWithWork()).toEqual(expect.arrayContaining([key, other.key])),
  );
  expectWithin(commands, { keys: 62, docs: 62 });
});
