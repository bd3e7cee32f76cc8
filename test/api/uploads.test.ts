import { put, TestApi } from './api-harness';

let api: TestApi;
let dataset: string;
beforeAll(async () => {
  api = await TestApi.start('uploads');
  dataset = await api.dataset('p', 'd');
});
afterAll(() => api.stop());

const bad = {
  op: 'put',
  frame_id: 'bad',
  frame: {
    labels: [{ label_id: 'x', type: 'BBOX_2D', class: 'Unicorn', geometry: { left: 1, top: 1, width: 1, height: 1 } }],
  },
};
const open = async (path = dataset, body: object = {}) =>
  ((await api.post(`${path}/uploads`, body)).body as { upload_id: string }).upload_id;

describe('an upload', () => {
  it('is opened with the mode of its dataset, and found where Location says', async () => {
    const answer = await api.post(`${dataset}/uploads`, { message: 'first', external_id: 'old_1' });
    expect(answer.status).toBe(201);
    const found = await api.get(answer.headers.location as string);
    expect(found.body).toMatchObject({
      upload_id: answer.body.upload_id,
      kind: 'STREAMING',
      mode: 'STREAMING',
      state: 'OPEN',
      message: 'first',
      external_id: 'old_1',
      counts: { received: 0, pending: 0 },
      first_version: null,
      last_version: null,
    });
    expect(api.hinted).toContain('uploadChanged STREAMING');
    expect((await api.call('POST', `${dataset}/uploads`)).status).toBe(201);
  });

  it('ends as PARTIAL with its bad items reported, and commits the others', async () => {
    const id = await api.upload(dataset, [put('good1'), bad, put('good2')]);
    const { body } = await api.get(`${dataset}/uploads/${id}`);
    expect(body).toMatchObject({
      state: 'PARTIAL',
      counts: { received: 3, applied: 2, failed: 1, pending: 0, frames: 2, labels: 2 },
    });
    const items = await api.get(`${dataset}/uploads/${id}/items`);
    expect(items.body.items).toMatchObject([
      { item: 0, op: 'put', frame_id: 'good1', label_ids: ['b1'], state: 'APPLIED', version: body.first_version },
      { item: 1, frame_id: 'bad', state: 'FAILED', code: 'unknown_class' },
      { item: 2, frame_id: 'good2', state: 'APPLIED' },
    ]);
    const failed = await api.get(`${dataset}/uploads/${id}/items?state=FAILED`);
    expect(failed.body.items).toHaveLength(1);
    const searched = await api.get(`${dataset}/uploads/${id}/items?q=ood2`);
    expect(searched.body.items).toMatchObject([{ item: 2 }]);
    const windows = await api.get(`${dataset}/uploads/${id}/windows`);
    expect(windows.body.items).toMatchObject([
      { window: 0, state: 'DONE', counts: { received: 3, applied: 2, failed: 1 } },
    ]);
  });

  it('lists its items page by page', async () => {
    const id = await api.upload(
      dataset,
      ['i0', 'i1', 'i2', 'i3', 'i4'].map((frame_id) => put(frame_id)),
    );
    const seen: number[] = [];
    let after: string | null = null;
    do {
      const page: { body: { items: { item: number }[]; next_cursor: string | null } } = await api.get(
        `${dataset}/uploads/${id}/items?limit=2${after === null ? '' : `&after=${after}`}`,
      );
      expect(page.body.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.body.items.map(({ item }) => item));
      after = page.body.next_cursor;
    } while (after !== null);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('closed without items FAILED with upload_empty', async () => {
    const id = await open();
    expect((await api.post(`${dataset}/uploads/${id}/close`)).status).toBe(202);
    expect(await api.ended(dataset, id)).toMatchObject({ state: 'FAILED', error: { code: 'upload_empty' } });
  });

  it('takes no items once closed or cancelled, and is not cancelled once ended', async () => {
    const send = (id: string) => api.post(`${dataset}/uploads/${id}/items`, [put('late')]);
    const closed = await open();
    await api.post(`${dataset}/uploads/${closed}/close`);
    expect((await send(closed)).body.code).toBe('upload_closed');
    expect((await api.post(`${dataset}/uploads/${closed}/cancel`)).body.code).toBe('upload_finished');
    const cancelled = await open();
    const answer = await api.post(`${dataset}/uploads/${cancelled}/cancel`);
    expect(answer).toMatchObject({ status: 202, body: { state: 'CANCELLED' } });
    expect((await send(cancelled)).body.code).toBe('upload_cancelled');
    expect((await api.post(`${dataset}/uploads/${cancelled}/close`)).body.code).toBe('upload_cancelled');
    expect((await send('nothing')).body.code).toBe('upload_not_found');
  });

  it('of single writes is closed and cancelled by nobody else', async () => {
    const path = await api.dataset('p', 'direct');
    const written = await api.call('PUT', `${path}/frames/f`, { body: { device_id: 'x' } });
    expect(written.status).toBe(202);
    const upload = `${path}/uploads/${written.body.upload_id}`;
    expect((await api.get(upload)).body).toMatchObject({ kind: 'DIRECT', state: 'OPEN' });
    expect((await api.post(`${upload}/close`)).body.code).toBe('upload_closed');
    expect((await api.post(`${upload}/cancel`)).body.code).toBe('upload_finished');
    expect((await api.post(`${upload}/retry`)).body.code).toBe('upload_not_finished');
    expect((await api.post(`${upload}/items`, [])).body.code).toBe('upload_closed');
    expect((await api.post(`${upload}/revert`)).body.code).toBe('upload_not_finished');
  });

  it('is of its dataset only', async () => {
    const id = await open();
    const other = await api.dataset('p', 'other');
    expect((await api.get(`${other}/uploads/${id}`)).body.code).toBe('upload_not_found');
    expect((await api.post(`${other}/uploads/${id}/close`)).body.code).toBe('upload_not_found');
    expect((await api.get(`${other}/uploads/${id}/errors?format=csv`)).body.code).toBe('upload_not_found');
    expect((await api.get(`${other}/uploads/${id}/events`)).body.code).toBe('upload_not_found');
  });

  it('is retried after the cause was mended, and not before it has ended', async () => {
    const path = await api.dataset('mended', 'd');
    const id = await api.upload(path, [put('good'), bad]);
    await api.call('PATCH', '/projects/mended', { body: { label_classes: ['RBC', 'WBC', 'Unicorn'] } });
    const answer = await api.post(`${path}/uploads/${id}/retry`);
    expect(answer).toMatchObject({ status: 202, body: { upload_id: id, retried: 1 } });
    expect(await api.ended(path, id)).toMatchObject({ state: 'DONE', counts: { applied: 2, failed: 0 } });
    expect((await api.post(`${path}/uploads/${id}/retry`)).body.code).toBe('nothing_to_retry');
    expect((await api.post(`${path}/uploads/${await open(path)}/retry`)).body.code).toBe('upload_not_finished');
  });

  it('is listed newest first, by kind and state', async () => {
    const path = await api.dataset('p', 'listed');
    const ids = [await open(path), await open(path), await open(path)];
    await api.post(`${path}/uploads/${ids[1]}/cancel`);
    const first = await api.get(`${path}/uploads?limit=2`);
    const rest = await api.get(`${path}/uploads?limit=2&after=${first.body.next_cursor}`);
    const listed = [...first.body.items, ...rest.body.items] as { upload_id: string; created_at: string }[];
    expect(listed.map(({ upload_id }) => upload_id)).toEqual(ids.toReversed());
    expect(rest.body.next_cursor).toBeNull();
    expect((await api.get(`${path}/uploads?state=CANCELLED`)).body.items).toMatchObject([{ upload_id: ids[1] }]);
    expect((await api.get(`${path}/uploads?kind=BATCH`)).body.items).toEqual([]);
  });
});

describe('a BATCH upload', () => {
  it('with a bad item leaves nothing, and without one makes its dataset immutable', async () => {
    const path = await api.dataset('p', 'batch', 'BATCH');
    expect((await api.post(`${path}/uploads`, { mode: 'STREAMING' })).body.code).toBe('batch_only');
    const refused = await api.upload(path, [put('a'), bad]);
    expect((await api.get(`${path}/uploads/${refused}`)).body).toMatchObject({
      kind: 'BATCH',
      state: 'FAILED',
      counts: { failed: 1, not_applied: 1 },
      error: { code: 'batch_refused' },
    });
    expect((await api.get(`${path}/versions`)).body.items).toEqual([]);
    await api.upload(path, [put('a'), put('b')]);
    expect((await api.get(path)).body).toMatchObject({ head: 1, immutable: true, counts: { frames: 2 } });
    expect((await api.post(`${path}/uploads`, {})).body.code).toBe('dataset_immutable');
    expect((await api.post(`${path}/rollback`, { to: 0 })).body.code).toBe('dataset_immutable');
  });

  it('goes into a STREAMING dataset as one version', async () => {
    const path = await api.dataset('p', 'mixed');
    const id = await api.upload(path, [put('a'), put('b')], '', 'BATCH');
    expect((await api.get(`${path}/uploads/${id}`)).body).toMatchObject({
      kind: 'BATCH',
      state: 'DONE',
      first_version: 1,
      last_version: 1,
    });
  });
});

describe('the errors of an upload', () => {
  const broken = [
    put('fine'),
    bad,
    { ...put('wide'), frame: { metadata: { n: 9007199254740992 }, device_id: '=1+1', unknown: 1 } },
  ];
  const raw = [
    ...broken.map((item) => JSON.stringify(item)),
    '{"op":"put",',
    '{"op":"put","frame_id":"long","frame":{"nope":12345678901234567890}}',
    '{"op":"put","frame_id":"nan","frame":{"metadata":{"n":NaN,"s":"NaN"}}}',
    '{"op":"put","frame_id":"again","frame":{"metadata":{"n":-Infinity,"big":12345678901234567890}},"error":{"item":7}}',
  ];
  let id: string;
  beforeAll(async () => {
    id = await open();
    const headers = { 'content-type': 'application/x-ndjson' };
    await api.call('POST', `${dataset}/uploads/${id}/items`, { raw: raw.join('\n'), headers });
    await api.post(`${dataset}/uploads/${id}/close`);
    await api.ended(dataset, id);
  });

  it('are listed as JSON, with the place in the item', async () => {
    const answer = await api.get(`${dataset}/uploads/${id}/errors`);
    expect(answer.body).toMatchObject({
      next_cursor: null,
      items: [
        {
          item: 1,
          line: 2,
          frame_id: 'bad',
          label_id: 'x',
          code: 'unknown_class',
          path: 'labels[0].class',
          attempts: 1,
        },
        { item: 2, line: 3, frame_id: 'wide', code: 'unknown_field', path: 'unknown' },
        { item: 3, line: 4, frame_id: null, code: 'invalid_json' },
        { item: 4, line: 5, frame_id: 'long', code: 'unknown_field' },
        { item: 5, line: 6, frame_id: 'nan', code: 'invalid_number', path: 'metadata.n' },
        { item: 6, line: 7, frame_id: 'again', code: 'invalid_number', path: 'metadata.big' },
      ],
    });
    const first = await api.get(`${dataset}/uploads/${id}/errors?limit=3`);
    expect(first.body).toMatchObject({ next_cursor: '3' });
    const rest = await api.get(`${dataset}/uploads/${id}/errors?limit=3&after=3`);
    expect(rest.body).toMatchObject({ items: [{ item: 4 }, { item: 5 }, { item: 6 }], next_cursor: null });
  });

  it('are downloaded as NDJSON whose lines are the items as they were sent', async () => {
    const answer = await api.get(`${dataset}/uploads/${id}/errors?format=ndjson`);
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="errors-${id}.ndjson"`);
    const lines = answer.text.trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    expect(JSON.parse(lines[0]!)).toEqual({
      ...bad,
      error: expect.objectContaining({ item: 1, code: 'unknown_class' }),
    });
    const text = '{"op":"put",';
    expect(JSON.parse(lines[2]!)).toEqual({ error: expect.objectContaining({ item: 3, code: 'invalid_json', text }) });
    expect(lines[3]).toContain('"nope":12345678901234567890}');
    expect(lines[4]).toMatch(/^\{"op":"put","frame_id":"nan","frame":\{"metadata":\{"n":NaN,"s":"NaN"\}\},"error":\{/);
    expect(lines[5]).toMatch(/"metadata":\{"n":-Infinity,"big":12345678901234567890\}\},"error":\{"item":6,[^{]*\}\}$/);
  });

  it('are downloaded as CSV that no spreadsheet takes for formulas', async () => {
    const answer = await api.get(`${dataset}/uploads/${id}/errors?format=csv`);
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="errors-${id}.csv"`);
    const [header, first] = answer.text.split('\n');
    expect(header).toBe('item,line,frame_id,label_id,code,message,path,attempts,window');
    expect(first).toMatch(/^1,2,bad,x,unknown_class,/);
    expect(answer.text.trimEnd().split('\n')).toHaveLength(7);
    expect((await api.get(`${dataset}/uploads/${id}/errors?format=xml`)).body).toMatchObject({
      errors: [{ path: 'query.format' }],
    });
  });

  it('can be mended in the download and submitted again', async () => {
    const path = await api.dataset('p', 'again');
    const first = await api.upload(path, [put('ok'), bad]);
    const download = await api.get(`${path}/uploads/${first}/errors?format=ndjson`);
    const mended = download.text.replace('Unicorn', 'RBC');
    const second = await open(path);
    const headers = { 'content-type': 'application/x-ndjson' };
    await api.call('POST', `${path}/uploads/${second}/items`, { raw: mended, headers });
    await api.post(`${path}/uploads/${second}/close`);
    expect(await api.ended(path, second)).toMatchObject({ state: 'DONE', counts: { applied: 1 } });
  });
});
