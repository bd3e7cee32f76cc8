import { EMPTY_HASH } from '../../domain/content-hash';
import type { MongoStore } from '../../store/mongo';
import {
  box,
  codeOf,
  drain,
  freshId,
  newDataset,
  newProject,
  openUpload,
  put,
  readAll,
  reread,
  submit,
  upload,
  useStore,
} from './store-harness';

let store: MongoStore;
useStore('catalogue', (opened) => (store = opened));

const RED = { name: 'red', id: 0, color: [255, 0, 0] as [number, number, number] };
const BLUE = { name: 'blue', id: 1, color: [0, 0, 255] as [number, number, number] };

describe('projects', () => {
  it('are made once, and read back as they were made', async () => {
    const project = freshId('p');
    const classes = [{ ...RED, keypoint_names: ['a'] }];
    const made = await store.projects.create({ project, label_classes: classes, primary_task: 'CLASSIFICATION' });
    expect(made).toMatchObject({ project, label_classes: classes, primary_task: 'CLASSIFICATION', state: 'ACTIVE' });
    expect(await store.projects.get(project)).toEqual(made);
    expect(await codeOf(store.projects.create({ project, label_classes: [], primary_task: '' }))).toBe(
      'project_exists',
    );
    expect((await store.projects.get(project)).label_classes).toEqual(classes);
    expect(await codeOf(store.projects.get('nobody'))).toBe('project_not_found');
  });

  it('change by compare-and-set on their classes', async () => {
    const project = freshId('p');
    await store.projects.create({ project, label_classes: [RED], primary_task: '' });
    const changes = [BLUE, { ...BLUE, name: 'green' }].map((added) =>
      store.projects.update(project, [RED], { label_classes: [RED, added] }),
    );
    const results = await Promise.allSettled(changes);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await codeOf(store.projects.update(project, [RED], { primary_task: 'x' }))).toBe('conflict');
    expect(await codeOf(store.projects.update('nobody', [], { primary_task: 'x' }))).toBe('project_not_found');
    const { label_classes } = await store.projects.get(project);
    const updated = await store.projects.update(project, label_classes, { primary_task: 'x' });
    expect(updated).toMatchObject({ primary_task: 'x', label_classes });
  });

  it('keep settings and metadata as they were given, and change settings one by one', async () => {
    const project = freshId('p');
    const settings = {
      frame_links: ['a'],
      iou_threshold: 1,
      secondary_labels: [{ 'a.b': { $set: 12345678901234567891n } }],
    };
    const external_metadata = { $where: '\ud800', 'a.b': null, n: 2n ** 70n };
    const made = await store.projects.create({
      project,
      label_classes: [],
      primary_task: '',
      settings,
      external_metadata,
    });
    expect(made).toMatchObject({ settings, external_metadata, archived: false });
    expect(await store.projects.get(project)).toEqual(made);
    await Promise.all([
      store.projects.update(project, [], { settings: { iou_threshold: 0.5 } }),
      store.projects.update(project, [], { settings: { include_no_gt: true } }),
    ]);
    await store.projects.setExternalMetadata(project, { b: 1 });
    expect(await store.projects.get(project)).toMatchObject({
      settings: { ...settings, iou_threshold: 0.5, include_no_gt: true },
      external_metadata: { b: 1 },
    });
    expect(await codeOf(store.projects.setExternalMetadata('nobody', {}))).toBe('project_not_found');
  });

  it('are archived with their datasets, and take no change from then on', async () => {
    const project = freshId('p');
    await store.projects.create({ project, label_classes: [RED], primary_task: '' });
    const { key } = await store.datasets.create({ project, dataset: 'd', mode: 'STREAMING' });
    for (const _time of [1, 2]) await store.projects.archive(project);
    expect(await store.projects.get(project)).toMatchObject({ archived: true, state: 'ACTIVE' });
    expect(await store.datasets.get(project, 'd')).toMatchObject({ archived: true });
    const refused = [
      store.projects.update(project, [RED], { primary_task: 'x' }),
      store.projects.setExternalMetadata(project, {}),
      store.datasets.create({ project, dataset: 'e', mode: 'STREAMING' }),
    ];
    for (const work of refused) expect(await codeOf(work)).toBe('project_archived');
    expect(await codeOf(openUpload(store, key))).toBe('dataset_archived');
    expect(await codeOf(store.projects.archive('nobody'))).toBe('project_not_found');
    const page = { after: project.slice(0, -1), limit: 1_000 };
    const listed = async (more: { archived?: false }) =>
      (await store.projects.list({ ...page, ...more })).items.map((record) => record.project);
    expect(await listed({})).toContain(project);
    expect(await listed({ archived: false })).not.toContain(project);
  });

  it('are listed in the order of their ids, page by page, and only those that a key may see', async () => {
    const prefix = freshId('list');
    const names = ['B', '_', 'a', 'b'].map((end) => `${prefix}${end}`);
    for (const project of names) await store.projects.create({ project, label_classes: [], primary_task: '' });
    const first = await store.projects.list({ after: prefix, limit: 3 });
    expect(first.items.map(({ project }) => project)).toEqual(names.slice(0, 3));
    expect(first.next).toBe(names[2]);
    const second = await store.projects.list({ after: names[2]!, limit: 1 });
    expect(second.items.map(({ project }) => project)).toEqual([names[3]]);
    const only = await store.projects.list({ limit: 10, only: [names[3]!, names[0]!, 'nobody'] });
    expect(only).toEqual({
      items: [expect.objectContaining({ project: names[0] }), expect.objectContaining({ project: names[3] })],
      next: null,
    });
  });

  it('disappear with their datasets at once when they are deleted', async () => {
    const { project, dataset, key } = await newDataset(store);
    await store.projects.markDeleting(project);
    expect(await codeOf(store.projects.get(project))).toBe('project_not_found');
    expect(await codeOf(store.datasets.get(project, dataset))).toBe('project_not_found');
    expect(await codeOf(store.datasets.create({ project, dataset: 'new', mode: 'STREAMING' }))).toBe(
      'project_not_found',
    );
    expect(await codeOf(openUpload(store, key))).toBe('dataset_not_found');
    expect((await store.projects.list({ limit: 1000 })).items.map((one) => one.project)).not.toContain(project);
    expect(await codeOf(store.projects.markDeleting(project))).toBe('project_not_found');
    expect(await store.maintenance.markDatasets(project)).toEqual([key]);
    expect((await store.maintenance.deletions()).projects).toContain(project);
    while (!(await store.maintenance.deleteSome(key)));
    await store.maintenance.forgetProject(project);
    expect((await store.maintenance.deletions()).projects).not.toContain(project);
    await store.projects.create({ project, label_classes: [], primary_task: '' });
    expect((await store.datasets.list(project, { limit: 10 })).items).toEqual([]);
  });
});

describe('datasets', () => {
  it('begin at version 0, empty', async () => {
    const made = await newDataset(store);
    expect(made).toMatchObject({
      head: 0,
      content_hash: EMPTY_HASH,
      counts: { frames: 0, labels: 0 },
      immutable: false,
    });
    expect(await reread(store, made)).toEqual(made);
    expect(await store.versions.get(made.key, 0)).toMatchObject({
      version: 0,
      created_at: null,
      content_hash: EMPTY_HASH,
    });
    expect(await store.versions.list(made.key, { limit: 10 })).toEqual([]);
  });

  it('keep metadata as it was given, and their generation when they are unlabeled', async () => {
    const project = await newProject(store);
    const { key } = await store.datasets.create({ project, dataset: 'd', mode: 'STREAMING', unlabeled: 2 });
    const external_metadata = { $where: { 'a.b': [null, 2n ** 70n] }, '\ud800': 1.5 };
    await store.datasets.setExternalMetadata(key, external_metadata);
    expect(await store.datasets.get(project, 'd')).toMatchObject({ unlabeled: 2, external_metadata, archived: false });
    await store.datasets.setExternalMetadata(key, {});
    expect((await store.datasets.get(project, 'd')).external_metadata).toEqual({});
  });

  it('take declarations of label metadata from all who declare at once, and never another type', async () => {
    const made = await newDataset(store);
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((field) =>
        store.datasets.declareLabelMetadata(made.key, { [field]: 'STRING', all: 'BOOL' }),
      ),
    );
    const declared = { a: 'STRING', b: 'STRING', c: 'STRING', d: 'STRING', all: 'BOOL' };
    expect((await reread(store, made)).schema.label_metadata).toEqual(declared);
    const change = store.datasets.declareLabelMetadata(made.key, { z: 'BOOL', a: 'BOOL' });
    expect(await codeOf(change)).toBe('metadata_type_fixed');
    // Versions that fix more keep it.
    await upload(store, made.key, [put('f', { metadata: { n: 1 } })]);
    expect((await reread(store, made)).schema).toEqual({ metadata: { n: 'NUMERIC' }, label_metadata: declared });
  });

  it('are archived, and take no change from then on but what was submitted before', async () => {
    const made = await newDataset(store);
    await upload(store, made.key, [put('a')]);
    const { upload_id } = await openUpload(store, made.key);
    await submit(store, made.key, upload_id, [put('b')]);
    for (const _time of [1, 2]) await store.datasets.archive(made.key);
    const refused = [
      openUpload(store, made.key),
      openUpload(store, made.key, { kind: 'BATCH' }),
      openUpload(store, made.key, { kind: 'ROLLBACK', plan: { to: 0 } }),
      store.staging.openDirect(made.key, 'k'),
      store.datasets.setExternalMetadata(made.key, {}),
      store.datasets.declareLabelMetadata(made.key, { a: 'STRING' }),
      store.inferenceSets.open(made.key, 'm'),
    ];
    for (const work of refused) expect(await codeOf(work)).toBe('dataset_archived');
    await store.uploads.close(made.key, upload_id);
    await drain(store, made.key);
    expect(await reread(store, made)).toMatchObject({ archived: true, head: 2, counts: { frames: 2 } });
    const listed = async (more: { archived?: false }) =>
      (await store.datasets.list(made.project, { limit: 10, ...more })).items.map(({ dataset }) => dataset);
    expect(await listed({})).toEqual([made.dataset]);
    expect(await listed({ archived: false })).toEqual([]);
    expect(await codeOf(store.datasets.archive(-1))).toBe('dataset_not_found');
  });

  it('exist once by their name in a project, whoever races', async () => {
    const project = await newProject(store);
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => store.datasets.create({ project, dataset: 'd', mode: 'STREAMING' })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await codeOf(store.datasets.create({ project, dataset: 'd', mode: 'BATCH' }))).toBe('dataset_exists');
    expect((await store.datasets.get(project, 'd')).mode).toBe('STREAMING');
    const other = await newProject(store);
    expect(await codeOf(store.datasets.create({ project: other, dataset: 'd', mode: 'STREAMING' }))).toBeUndefined();
    expect(await codeOf(store.datasets.get(project, 'none'))).toBe('dataset_not_found');
    expect(await codeOf(store.datasets.get('nobody', 'd'))).toBe('project_not_found');
    expect(await codeOf(store.datasets.create({ project: 'nobody', dataset: 'd', mode: 'STREAMING' }))).toBe(
      'project_not_found',
    );
  });

  it('are listed in the order of their names', async () => {
    const project = await newProject(store);
    for (const dataset of ['b', 'A', 'c']) await store.datasets.create({ project, dataset, mode: 'STREAMING' });
    const page = await store.datasets.list(project, { limit: 2 });
    expect(page.items.map(({ dataset }) => dataset)).toEqual(['A', 'b']);
    const rest = await store.datasets.list(project, { after: page.next!, limit: 2 });
    expect([rest.items.map(({ dataset }) => dataset), rest.next]).toEqual([['c'], null]);
    expect(await codeOf(store.datasets.list('nobody', { limit: 2 }))).toBe('project_not_found');
  });

  it('free their name when they are deleted, and share nothing with a successor of the same name', async () => {
    const first = await newDataset(store);
    const bad = put('bad', { labels: [box('l', { class: 'unicorn' })] });
    const { upload_id } = await upload(store, first.key, [put('f', { labels: [box('l')], embedding: [1] }), bad]);
    await store.datasets.markDeleting(first.key);
    expect(await codeOf(reread(store, first))).toBe('dataset_not_found');
    const second = await store.datasets.create({ project: first.project, dataset: first.dataset, mode: 'STREAMING' });
    expect(second.key).not.toBe(first.key);
    expect(second).toMatchObject({ head: 0, counts: { frames: 0, labels: 0 } });
    await upload(store, second.key, [put('g')]);
    expect((await store.maintenance.deletions()).datasets).toContainEqual({
      key: first.key,
      project: first.project,
      dataset: first.dataset,
    });
    let steps = 0;
    while (!(await store.maintenance.deleteSome(first.key))) steps++;
    expect(steps).toBeGreaterThan(0);
    const { c } = store.database;
    for (const name of ['frames', 'versions', 'submissions', 'uploads', 'windows'] as const)
      expect([name, await c[name].countDocuments({ dataset: first.key } as object)]).toEqual([name, 0]);
    expect(await c.chunks.countDocuments({ upload_id })).toBe(0);
    expect(await c.embeddings.countDocuments({ dataset: first.key })).toBe(0);
    // The failed item's line was kept for a retry; only the successor's upload may have left anything, and it has not.
    expect(await c.bodies.countDocuments()).toBe(0);
    expect((await readAll(store, second.key, 1)).map(({ frame_id }) => frame_id)).toEqual(['g']);
    expect(await store.maintenance.datasetNames([first.key, second.key])).toEqual([
      { key: second.key, project: second.project, dataset: second.dataset },
    ]);
  });

  it('are removed in steps, however many posts an upload had', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await openUpload(store, key);
    for (let post = 0; post < 201; post++) await submit(store, key, upload_id, [put(`f${post}`)]);
    await store.datasets.markDeleting(key);
    const left = async () => {
      const { submissions, chunks, bodies } = store.database.c;
      const posts = await submissions.find({ upload_id }).toArray();
      return [posts.length, await chunks.countDocuments({ upload_id }), await bodies.countDocuments()];
    };
    expect(await store.maintenance.deleteSome(key)).toBe(false);
    expect(await left()).toEqual([1, 1, 1]);
    while (!(await store.maintenance.deleteSome(key)));
    expect(await left()).toEqual([0, 0, 0]);
    expect(await store.database.c.uploads.countDocuments({ dataset: key })).toBe(0);
  });
});
