import { put, TestApi } from './api-harness';

let api: TestApi;
let dataset: string;
const box = (label_id: string, width: number, more: object = {}) => ({
  label_id,
  type: 'BBOX_2D',
  class: 'WBC',
  geometry: { left: 0, top: 0, width, height: 1 },
  ...more,
});

beforeAll(async () => {
  api = await TestApi.start('history');
  dataset = await api.dataset('p', 'd');
  await api.upload(dataset, [put('a', { labels: [box('l1', 1), box('l2', 1)] }), put('b'), put('same')], 'one');
  await api.upload(dataset, [put('a', { labels: [box('l1', 2), box('l2', 1)], device_id: 'x' }), put('c')], 'two');
  await api.upload(dataset, [{ op: 'delete', frame_id: 'a' }, put('same', { device_id: 'y' })], 'three');
  await api.upload(dataset, [put('a', { labels: [box('l2', 1)] }), put('same')], 'four');
});
afterAll(() => api.stop());

describe('the history of a frame', () => {
  it('tells what each revision changed, newest first', async () => {
    const { body } = await api.get(`${dataset}/frames/a/history`);
    expect(body).toMatchObject({
      next_cursor: null,
      items: [
        { version: 4, kind: 'added', frame: { labels: [{ label_id: 'l2', since: 4 }], version: 4 } },
        { version: 3, kind: 'deleted', frame: null },
        {
          version: 2,
          kind: 'updated',
          changes: [
            { path: 'device_id', new: 'x' },
            { path: 'labels[l1].geometry.width', old: 1, new: 2 },
          ],
          frame: { device_id: 'x', labels: [{ since: 2 }, { since: 1 }] },
        },
        { version: 1, kind: 'added' },
      ],
    });
    expect(body.items[2].changes).toHaveLength(2);
    const versions = (await api.get(`${dataset}/versions`)).body.items as {
      created_at: string;
      uploads: { upload_id: string; message: string }[];
    }[];
    expect(body.items.map(({ created_at }: { created_at: string }) => created_at)).toEqual(
      versions.map(({ created_at }) => created_at),
    );
    expect(versions.map(({ uploads }) => uploads[0]?.message)).toEqual(['four', 'three', 'two', 'one']);
    expect(body.items[0].upload_id).toBe(versions[0]?.uploads[0]?.upload_id);
  });

  it('is walked page by page, each step with what it changed', async () => {
    const whole = (await api.get(`${dataset}/frames/a/history`)).body.items as object[];
    const first = await api.get(`${dataset}/frames/a/history?limit=3`);
    expect(first.body.next_cursor).toBe('2');
    const rest = await api.get(`${dataset}/frames/a/history?limit=3&after=2`);
    expect([...first.body.items, ...rest.body.items]).toEqual(whole);
  });

  it('is 404 for a frame or label that never was', async () => {
    expect((await api.get(`${dataset}/frames/nobody/history`)).body.code).toBe('frame_not_found');
    expect((await api.get(`${dataset}/frames/nobody/labels/l1/history`)).body.code).toBe('frame_not_found');
    expect((await api.get(`${dataset}/frames/a/labels/l9/history`)).body.code).toBe('label_not_found');
    expect((await api.get(`${dataset}/frames/a/labels/l%2F9/history`)).body.code).toBe('invalid_id');
  });
});

describe('the history of a label', () => {
  it('leaves out the revisions that did not touch it', async () => {
    const first = await api.get(`${dataset}/frames/a/labels/l1/history`);
    expect(first.body.items).toMatchObject([
      { version: 3, kind: 'deleted', label: null },
      { version: 2, kind: 'updated', changes: [{ path: 'geometry.width', old: 1, new: 2 }], label: { since: 2 } },
      { version: 1, kind: 'added', label: { label_id: 'l1', geometry: { width: 1 } } },
    ]);
    const second = await api.get(`${dataset}/frames/a/labels/l2/history`);
    expect(second.body.items).toMatchObject([{ version: 4 }, { version: 3 }, { version: 1 }]);
    const page = await api.get(`${dataset}/frames/a/labels/l2/history?limit=2`);
    expect(page.body).toMatchObject({ items: [{ version: 4 }, { version: 3 }], next_cursor: '3' });
    const rest = await api.get(`${dataset}/frames/a/labels/l2/history?limit=2&after=3`);
    expect(rest.body).toMatchObject({ items: [{ version: 1 }], next_cursor: null });
  });

  it('finds the few changes in a long history', async () => {
    const path = await api.dataset('p', 'long');
    const items = Array.from({ length: 104 }, (_, n) =>
      put('f', { device_id: `d${n}`, labels: [box('rare', n < 3 ? 1 : 2)] }),
    );
    await api.upload(path, items);
    const { body } = await api.get(`${path}/frames/f/labels/rare/history`);
    expect(body.items).toMatchObject([
      { version: 4, kind: 'updated' },
      { version: 1, kind: 'added' },
    ]);
    // A hundred versions, one after another.
  }, 150_000);
});

describe('a diff', () => {
  const diff = async (query: string) =>
    (await api.get(`${dataset}/diff?${query}`)).body as { items: { frame_id: string }[]; next_cursor: string | null };

  it('tells what was added, updated and deleted between two versions', async () => {
    expect(await diff('from=1&to=3')).toMatchObject({
      from: 1,
      to: 3,
      version: 3,
      next_cursor: null,
      items: expect.arrayContaining([
        expect.objectContaining({ frame_id: 'a', kind: 'deleted' }),
        expect.objectContaining({ frame_id: 'c', kind: 'added' }),
        { frame_id: 'same', kind: 'updated', changes: [{ path: 'device_id', new: 'y' }] },
      ]) as unknown,
    });
  });

  it('leaves out a frame that was changed and changed back', async () => {
    const { items } = await diff('from=1');
    expect(items.map(({ frame_id }) => frame_id).sort()).toEqual(['a', 'c']);
  });

  it('backwards has the two sides swapped', async () => {
    const { items } = await diff('from=3&to=1');
    expect(items).toEqual(
      expect.arrayContaining([{ frame_id: 'same', kind: 'updated', changes: [{ path: 'device_id', old: 'y' }] }]),
    );
    expect(items).toEqual(expect.arrayContaining([expect.objectContaining({ frame_id: 'c', kind: 'deleted' })]));
    expect((await diff('from=2&to=2')).items).toEqual([]);
  });

  it('is walked page by page', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await diff(`from=0&to=2&limit=1${after === null ? '' : `&after=${encodeURIComponent(after)}`}`);
      seen.push(...page.items.map(({ frame_id }) => frame_id));
      after = page.next_cursor;
    } while (after !== null);
    expect(seen.sort()).toEqual(['a', 'b', 'c', 'same']);
  });

  it('needs from, and survives a cursor that is nonsense', async () => {
    expect((await api.get(`${dataset}/diff`)).body).toMatchObject({
      code: 'invalid_request',
      errors: [{ path: 'query.from' }],
    });
    for (const after of ['x', '1', '.', '-1.a', '9e99.a', 'NaN.b', '%00']) {
      expect((await api.get(`${dataset}/diff?from=0&after=${after}`)).status).toBeLessThan(500);
    }
  });

  it('between numbered versions may be kept for ever', async () => {
    const answer = await api.get(`${dataset}/diff?from=1&to=2`);
    expect(answer.headers['cache-control']).toMatch(/immutable/);
    const headers = { 'if-none-match': answer.headers.etag as string };
    expect((await api.get(`${dataset}/diff?from=1&to=2`, { headers })).status).toBe(304);
    expect((await api.get(`${dataset}/diff?from=1`)).headers['cache-control']).not.toMatch(/immutable/);
  });
});

describe('a tag', () => {
  it('moves, is listed with its version, and goes', async () => {
    const tag = (version: unknown) => api.call('PUT', `${dataset}/tags/golden-1.0`, { body: { version } });
    expect((await tag(1)).body).toEqual({ tag: 'golden-1.0', version: 1 });
    expect((await tag('latest')).body).toEqual({ tag: 'golden-1.0', version: 4 });
    expect((await api.get(`${dataset}/versions/golden-1.0`)).body).toMatchObject({ version: 4, tags: ['golden-1.0'] });
    expect((await api.get(`${dataset}/versions/1`)).body.tags).toEqual([]);
    expect((await api.call('DELETE', `${dataset}/tags/golden-1.0`)).status).toBe(204);
    expect((await api.call('DELETE', `${dataset}/tags/golden-1.0`)).body.code).toBe('tag_not_found');
  });

  it.each(['latest', '1abc', 'a b', 'x'.repeat(129), 'ä'])('is not named %j', async (name) => {
    const answer = await api.call('PUT', `${dataset}/tags/${encodeURIComponent(name)}`, { body: { version: 1 } });
    expect(answer.body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'path.name' }] });
  });

  it('does not stand on the empty beginning', async () => {
    expect((await api.call('PUT', `${dataset}/tags/none`, { body: { version: 0 } })).body.code).toBe(
      'version_not_found',
    );
  });
});

describe('the list of versions', () => {
  it('is walked newest first', async () => {
    const first = await api.get(`${dataset}/versions?limit=3`);
    expect(first.body).toMatchObject({ items: [{ version: 4 }, { version: 3 }, { version: 2 }], next_cursor: '2' });
    const rest = await api.get(`${dataset}/versions?limit=3&after=2`);
    expect(rest.body).toMatchObject({
      items: [{ version: 1, counts: { added: 3, updated: 0, deleted: 0, frames: 3, labels: 4 } }],
      next_cursor: null,
    });
  });
});
