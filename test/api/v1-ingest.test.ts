import { eventually } from '../support/eventually';
import { arrowFile, box, cropRow, frameRow, lines, V1Ingest } from './v1-ingest-harness';

let on: V1Ingest;

beforeAll(async () => {
  on = await V1Ingest.start('v1_ingest');
});
afterAll(() => on.stop());
beforeEach(() => on.newProject());

describe('an ingest of files', () => {
  it('makes frames with their labels, and says so by its windows', async () => {
    const files = await on.filesOf(
      [
        frameRow('f1', {
          user__n: 1,
          user_metadata_types: { user__n: 'int' },
          user_metadata_modes: { user__n: 'scalar' },
        }),
        frameRow('f2'),
      ],
      [cropRow('f1', [box('b1')]), cropRow('f2')],
    );
    expect((await on.ingest(files)).status).toBe(200);
    expect(await on.windows()).toEqual(['DONE']);
    expect(await on.frame('f1')).toMatchObject({
      metadata: { n: 1 },
      labels: [
        { label_id: 'b1', class: 'cat', geometry: { left: 2.5, top: 1, width: 3, height: 4 }, sensor_id: 'DEFAULT' },
      ],
    });
    expect((await on.api.get(on.dataset())).body).toMatchObject({ head: 1, schema: { metadata: { n: 'INTEGER' } } });
    expect((await on.api.get(`${on.dataset()}/uploads`)).body).toMatchObject({
      items: [{ kind: 'STREAMING', state: 'DONE', external_id: 'v1', counts: { received: 2, applied: 2 } }],
    });
    expect((await on.v1('GET', `${on.dataset()}/is_processed`)).body).toEqual({ processed: true });
    expect((await on.v1('GET', `${on.dataset()}/process_state`)).body).toEqual({
      current_state: 'DONE',
      percent_done: 100,
    });
  });

  it('is the same ingest when it is sent again, with a name or without', async () => {
    const files = await on.filesOf([frameRow('f1')], [cropRow('f1')]);
    await Promise.all([on.ingest(files), on.ingest(files), on.ingest(files)]);
    await on.ingest(files);
    await Promise.all([on.ingest(files, { upload_version: null }), on.ingest(files, { upload_version: null })]);
    const { items } = (await on.api.get(`${on.dataset()}/uploads`)).body as { items: object[] };
    expect(items).toHaveLength(2);
  });

  it('commits the good rows and tells of the bad ones', async () => {
    const frames = `${lines([frameRow('f1')])}{"task_id": "f2", \n${lines([frameRow('f3'), { ...frameRow('x'), task_id: undefined }])}`;
    const crops = lines([cropRow('f1', [box('b1', 'cow')]), cropRow('f3', [box('b3')])]);
    await on.ingest({ frame: [await on.file(frames)], crop: [await on.file(crops)] });
    expect(await on.windows()).toEqual(['WINDOW_ERRORED']);
    expect((await on.api.get(on.dataset())).body).toMatchObject({ head: 1, counts: { frames: 1, labels: 1 } });
    const log = (await on.v1('GET', `${on.dataset()}/ingest_error_logs`)).body as { msg: string; code: string }[];
    expect(log.map(({ code }) => code).sort()).toEqual(['invalid_json', 'missing_field', 'unknown_class']);
    expect(log.find(({ code }) => code === 'unknown_class')).toMatchObject({
      aquarium_dataflow_step: 'item',
      frame_id: 'f1',
      label_id: 'b1',
      upload_version: 'v1',
      msg: expect.stringMatching(/^frame f1, labels\[0\]\.class: Expected a class of the project/) as string,
    });
  });

  it('takes vectors from Arrow files and keeps those that are to be used again', async () => {
    const files = {
      ...(await on.filesOf([frameRow('f1')], [cropRow('f1', [box('b1'), box('b2')])])),
      frame_embeddings: [await on.file(await arrowFile('frames'), 'U_frame_embeddings_batch_000001.arrow')],
      crop_embeddings: [await on.file(await arrowFile('crops'), 'U_crop_embeddings_batch_000001.arrow')],
    };
    await on.ingest(files, { frame_model_version: 'fm', crop_model_version: 'cm' });
    expect(await on.windows()).toEqual(['DONE']);
    const vectors = {
      embedding: { model: 'fm', vector: [0.25, -0.5, 1] },
      labels: [
        { label_id: 'b1', embedding: { model: 'cm', vector: [0.5, 1] } },
        { label_id: 'b2', embedding: { model: 'cm', vector: [2, 3] } },
      ],
    };
    expect(await on.frame('f1', '?embeddings=true')).toMatchObject(vectors);
    const kept = { reuse_latest_embedding: true };
    const again = await on.filesOf(
      [frameRow('f1', { ...kept, device_id: 'other' })],
      [cropRow('f1', [box('b1', 'dog', kept), box('b2', 'dog', kept)])],
    );
    await on.ingest(again, { upload_version: 'v2' });
    expect(await on.windows('v2')).toEqual(['DONE']);
    expect(await on.frame('f1', '?embeddings=true')).toMatchObject({ ...vectors, device_id: 'other' });
  });

  it('keeps the order in which ingests were posted, whatever their size', async () => {
    const large = await on.filesOf(
      Array.from({ length: 3_000 }, (_, n) => frameRow(`f${n}`, { device_id: 'first' })),
      Array.from({ length: 3_000 }, (_, n) => cropRow(`f${n}`)),
    );
    const small = await on.filesOf([frameRow('f2999', { device_id: 'second' })], [cropRow('f2999')]);
    const first = on.ingest(large, { upload_version: 'a' });
    await eventually(async () => expect((await on.api.get(`${on.dataset()}/uploads`)).status).toBe(200));
    await eventually(async () =>
      expect(((await on.api.get(`${on.dataset()}/uploads`)).body as { items: [] }).items).toHaveLength(1),
    );
    await Promise.all([first, on.ingest(small, { upload_version: 'b' })]);
    await on.windows('b');
    expect(await on.frame('f2999')).toMatchObject({ device_id: 'second' });
  });
});

describe('a dataset', () => {
  it('of a list of files is filled once, all or nothing', async () => {
    const row = (id: string, label: string) => ({ ...frameRow(id), label_data: [box(`b-${id}`, label)] });
    await on.ingest([await on.file(lines([row('f1', 'cat'), row('f2', 'cow')]))], { upload_version: undefined });
    await eventually(async () =>
      expect((await on.v1('GET', `${on.dataset()}/process_state`)).body).toMatchObject({ current_state: 'FAILED' }),
    );
    expect((await on.api.get(on.dataset())).body).toMatchObject({ head: 0, mode: 'BATCH', immutable: false });
    await on.ingest([await on.file(lines([row('f1', 'cat'), row('f2', 'dog')]))], { upload_version: undefined });
    await eventually(async () =>
      expect((await on.v1('GET', `${on.dataset()}/is_processed`)).body).toEqual({ processed: true }),
    );
    expect((await on.v1('GET', `${on.dataset()}/process_step_status`)).body).toEqual({
      process_step_statuses: { normalize: { status: 'DONE' } },
    });
    const refused = await on.ingest(await on.filesOf([frameRow('f3')], [cropRow('f3')]));
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'dataset_immutable' });
  });

  it('that is archived takes no upload', async () => {
    await on.ingest(await on.filesOf([frameRow('f1')], [cropRow('f1')]));
    await on.windows();
    await on.v1('DELETE', on.dataset());
    const refused = await on.ingest(await on.filesOf([frameRow('f2')], [cropRow('f2')]), { upload_version: 'v2' });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'dataset_archived' });
  });

  it('is not needed for its state to be asked', async () => {
    expect((await on.v1('GET', `${on.dataset('none')}/is_processed`)).body).toEqual({ processed: false });
    expect((await on.v1('GET', `${on.dataset('none')}/process_state`)).body).toEqual({
      current_state: 'NOT_STARTED',
      percent_done: 0,
    });
    expect((await on.v1('GET', `${on.dataset('none')}/ingest_error_logs`)).body).toEqual([]);
    expect(
      (await on.v1('GET', `/streaming/projects/${on.project}/datasets/none/upload_version/v/windows`)).body,
    ).toEqual([]);
    expect((await on.v1('GET', `${on.dataset('none')}/inferences/i/is_processed`)).body).toEqual({ processed: false });
  });
});
