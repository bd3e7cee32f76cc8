import { put, TestApi } from './api-harness';

let api: TestApi;
let dataset: string;
const ids = ['a', 'b+c', 'd e', 'é', '\u{ff5e}', '\u{1f600}', '$1', '%41'];
/** In byte order. */
const sorted = ids.toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
const at = (id: string) => `${dataset}/frames/${encodeURIComponent(id)}`;

beforeAll(async () => {
  api = await TestApi.start('frames');
  dataset = await api.dataset('p', 'd');
  await api.upload(
    dataset,
    ids.map((id, n) => put(id, { metadata: { n }, device_id: n % 2 === 0 ? 'even' : 'odd' })),
  );
  await api.upload(dataset, [
    put('a', {
      labels: [{ label_id: 'r', type: 'BBOX_2D', class: 'RBC', geometry: { left: 0, top: 0, width: 0, height: 1 } }],
    }),
    { op: 'delete', frame_id: 'd e' },
  ]);
  await api.call('PUT', `${dataset}/tags/first`, { body: { version: 1 } });
});
afterAll(() => api.stop());

async function walk(query: string): Promise<string[]> {
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const page: { body: { items: { frame_id: string }[]; next_cursor: string | null } } = await api.get(
      `${dataset}/frames?${query}${after === null ? '' : `&after=${encodeURIComponent(after)}`}`,
    );
    seen.push(...page.body.items.map(({ frame_id }) => frame_id));
    after = page.body.next_cursor;
  } while (after !== null);
  return seen;
}

describe('a page of frames', () => {
  it('walks a version in byte order of the ids, whatever the page size', async () => {
    for (const limit of [1, 3, 8, 1000]) {
      expect(await walk(`limit=${limit}&version=1`)).toEqual(sorted);
      expect(await walk(`limit=${limit}`)).toEqual(sorted.filter((id) => id !== 'd e'));
    }
  });

  it('has a cursor that is the last frame_id', async () => {
    const page = await api.get(`${dataset}/frames?limit=2&version=1`);
    expect(page.body).toMatchObject({ next_cursor: sorted[1], version: 1 });
  });

  it('is filtered by class, device and prefix', async () => {
    expect(await walk('class=RBC')).toEqual(['a']);
    expect(await walk('class=RBC&version=1')).toEqual([]);
    expect(await walk('device_id=odd&version=1&limit=1')).toEqual(sorted.filter((id) => ids.indexOf(id) % 2 === 1));
    expect(await walk('prefix=b%2B')).toEqual(['b+c']);
    expect(await walk('prefix=b&class=WBC&device_id=odd')).toEqual(['b+c']);
  });

  it('at a numbered version may be kept for ever, at any other must be asked for again', async () => {
    const fixed = await api.get(`${dataset}/frames?version=1`);
    expect(fixed.headers['cache-control']).toBe('private, immutable, max-age=31536000');
    const held = { headers: { 'if-none-match': fixed.headers.etag as string } };
    expect(await api.get(`${dataset}/frames?version=1`, held)).toMatchObject({ status: 304, text: '' });
    expect((await api.get(`${dataset}/frames?version=2`, held)).status).toBe(200);
    for (const version of ['latest', 'first']) {
      const moving = await api.get(`${dataset}/frames?version=${version}`);
      expect(moving.headers['cache-control']).toBe('private, no-cache');
    }
    const again = await api.get(`${dataset}/frames?version=first`, held);
    expect(again.status).toBe(304);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=-1',
    'limit=x',
    'limit=1e2',
    'limit=',
    'limit=5&limit=6',
    'after=',
    'embeddings=yes',
    'clas=RBC',
    'prefix=',
    'version=',
  ])('refuses %s', async (query) => {
    const answer = await api.get(`${dataset}/frames?${query}`);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
    expect(answer.body.errors[0].path).toBe(`query.${query.split('=', 1).join('')}`);
  });
});

describe('a version parameter', () => {
  const read = (version: string) => api.get(`${dataset}/versions/${encodeURIComponent(version)}`);

  it('is a number, a tag, latest, or a time', async () => {
    const versions = (await api.get(`${dataset}/versions`)).body.items as {
      version: number;
      created_at: string;
      tags: string[];
    }[];
    expect(versions).toMatchObject([
      { version: 2, tags: [] },
      { version: 1, tags: ['first'] },
    ]);
    for (const [asked, version] of [
      ['1', 1],
      ['first', 1],
      ['latest', 2],
      ['0', 0],
    ] as const) {
      expect((await read(asked)).body.version).toBe(version);
    }
    const [second, first] = versions.map(({ created_at }) => created_at) as [string, string];
    expect((await read(second)).body.version).toBe(2);
    expect((await read(first)).body.version).toBe(1);
    expect((await read(first.replace('Z', '+00:00'))).body.version).toBe(1);
    const justBefore = new Date(new Date(second).getTime() - 1).toISOString();
    expect((await read(justBefore)).body.version).toBe(1);
  });

  it.each([
    ['99', 404, 'version_not_found'],
    ['9999999999999999', 404, 'version_not_found'],
    ['unknown-tag', 404, 'version_not_found'],
    ['2000-01-01T00:00:00Z', 404, 'no_version_at_time'],
    ['2999-01-01T00:00:00Z', 422, 'version_in_future'],
    ['2024-01-01T00:00:00', 422, 'invalid_version'],
    ['2024-02-30T00:00:00Z', 422, 'invalid_version'],
    ['99999999999999999999', 422, 'invalid_version'],
    ['-1', 422, 'invalid_version'],
    ['1.5', 422, 'invalid_version'],
    ['a b', 422, 'invalid_version'],
  ])('%s answers %i %s, wherever it is asked', async (version, status, code) => {
    const sent = encodeURIComponent(version);
    const answers = [
      await read(version),
      await api.get(`${dataset}/frames?version=${sent}`),
      await api.get(`${at('a')}?version=${sent}`),
      await api.get(`${dataset}/diff?from=${sent}`),
      await api.get(`${dataset}/export?version=${sent}`),
      await api.post(`${dataset}/frames/batch-get`, { frame_ids: ['a'], version }),
      await api.post(`${dataset}/verify`, { version }),
      await api.post(`${dataset}/rollback`, { to: version }),
      await api.call('PUT', `${dataset}/tags/t`, { body: { version } }),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ status, body: { code } });
  });

  it('of a pruned version answers 410', async () => {
    const path = await api.dataset('p', 'pruned');
    await api.upload(path, [put('a')]);
    await api.upload(path, [put('b')]);
    await api.store.database.c.versions.updateOne(
      { dataset: (await api.store.datasets.get('p', 'pruned')).key, version: 1 },
      { $set: { pruned: true } },
    );
    for (const answer of [
      await api.get(`${path}/frames?version=1`),
      await api.get(`${path}/versions/1`),
      await api.post(`${path}/rollback`, { to: 1 }),
    ]) {
      expect(answer).toMatchObject({ status: 410, body: { code: 'version_pruned' } });
    }
  });
});

describe('one frame', () => {
  it.each(ids.filter((id) => id !== 'd e'))('%j is read under its percent-encoded id', async (id) => {
    const answer = await api.get(at(id));
    expect(answer).toMatchObject({ status: 200, body: { frame_id: id, dataset_version: 2 } });
    expect(answer.headers.etag).toBe(`"${answer.body.version}"`);
  });

  it('has a plus in its path as a plus', async () => {
    expect((await api.get(`${dataset}/frames/b+c`)).body.frame_id).toBe('b+c');
  });

  it('carries its revision, its hash and since on each label', async () => {
    const answer = await api.get(at('a'));
    expect(answer.body).toMatchObject({
      version: 2,
      labels: [{ label_id: 'r', class: 'RBC', since: 2, geometry: { width: 0 } }],
    });
    const before = await api.get(`${at('a')}?version=first`);
    expect(before.body).toMatchObject({ version: 1, dataset_version: 1, labels: [{ label_id: 'b1', since: 1 }] });
    expect(before.body.hash).not.toBe(answer.body.hash);
  });

  it('is not sent again to who holds its revision', async () => {
    const { etag } = (await api.get(at('a'))).headers as { etag: string };
    for (const held of [etag, `W/${etag}`, `"7", ${etag}`, '*']) {
      expect((await api.get(at('a'), { headers: { 'if-none-match': held } })).status).toBe(304);
    }
    expect((await api.get(at('a'), { headers: { 'if-none-match': '"1"' } })).status).toBe(200);
  });

  it('that is deleted at that version, or never was, is 404', async () => {
    expect((await api.get(at('d e'))).body.code).toBe('frame_not_found');
    expect((await api.get(`${at('d e')}?version=1`)).status).toBe(200);
    expect((await api.get(at('nobody'))).body.code).toBe('frame_not_found');
  });

  it.each(['%2F', '%00', '%0A', 'a%2Fb', 'x'.repeat(513)])('with the impossible id %s is 422', async (id) => {
    const answer = await api.get(`${dataset}/frames/${id}`);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_id', errors: [{ path: 'path.f' }] } });
  });

  it.each(['%', '%zz', '%ff', 'a%e0%a4'])('with the malformed path %s is 400', async (id) => {
    expect(await api.get(`${dataset}/frames/${id}`)).toMatchObject({ status: 400, body: { code: 'malformed_path' } });
  });
});

describe('vectors', () => {
  it('are read only when asked for, on frames and labels', async () => {
    const path = await api.dataset('p', 'vectors');
    const label = {
      label_id: 'l',
      type: 'BBOX_2D',
      class: 'WBC',
      geometry: { left: 0, top: 0, width: 1, height: 1 },
      embedding: [1, 2],
    };
    await api.upload(path, [put('v', { embedding: [0.1, -3.5, 7], labels: [label] }), put('w')]);
    const plain = await api.get(`${path}/frames`);
    expect(plain.body.items[0]).not.toHaveProperty('embedding');
    expect(plain.body.items[0].labels[0]).not.toHaveProperty('embedding');
    for (const frame of [
      (await api.get(`${path}/frames?embeddings=true`)).body.items[0],
      (await api.get(`${path}/frames/v?embeddings=true`)).body,
      (await api.post(`${path}/frames/batch-get`, { frame_ids: ['v'], embeddings: true })).body.items[0],
    ]) {
      expect(frame).toMatchObject({ embedding: [0.1, -3.5, 7], labels: [{ embedding: [1, 2] }] });
    }
  });
});

describe('numbers', () => {
  it('keep every digit up to 2^63, and NaN where it is allowed', async () => {
    const path = await api.dataset('p', 'numbers');
    const upload = (await api.post(`${path}/uploads`)).body as { upload_id: string };
    const raw =
      '{"op":"put","frame_id":"n","frame":{"metadata":{"big":9223372036854775807,"half":0.5,"whole":1.0},"custom_metrics":{"x":"NaN"}}}';
    await api.call('POST', `${path}/uploads/${upload.upload_id}/items`, {
      raw,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    await api.post(`${path}/uploads/${upload.upload_id}/close`);
    expect(await api.ended(path, upload.upload_id)).toMatchObject({ state: 'DONE' });
    const expected = '"big":9223372036854775807,';
    expect((await api.get(`${path}/frames/n`)).text).toContain(expected);
    expect((await api.get(`${path}/frames`)).text).toContain(expected);
    expect((await api.get(`${path}/export`)).text).toContain(expected);
    expect((await api.get(`${path}/frames/n/history`)).text).toContain('9223372036854775807');
    expect((await api.get(`${path}/frames/n`)).body).toMatchObject({
      metadata: { half: 0.5, whole: 1 },
      custom_metrics: { x: 'NaN' },
    });
  });

  // JavaScript writes a double in the fewest digits that tell it from its neighbours: 2^62 as 4611686018427388000.
  it.each(['4611686018427387904', '4611686018427388000', '9223372036854775808', '-9223372036854775808'])(
    'keep the digits of %s, in an export too',
    async (n) => {
      const path = await api.dataset('p', `digits_${n.replace('-', 'minus')}`);
      const raw = `{"metadata":{"n":${n}},"custom_metrics":{"list":[${n}]}}`;
      const headers = { 'content-type': 'application/json' };
      const frame = `${path}/frames/n`;
      expect((await api.call('PUT', `${frame}?wait=30s`, { raw, headers })).status).toBe(201);
      for (const place of [frame, `${frame}/history`, `${path}/export`, `${path}/diff?from=0`]) {
        expect((await api.get(place)).text).toMatch(new RegExp(`:${n}\\D.*\\[${n}\\]`));
      }
      const item = (await api.get(`${path}/export`)).text;
      const id = ((await api.post(`${path}/uploads`)).body as { upload_id: string }).upload_id;
      const ndjson = { 'content-type': 'application/x-ndjson' };
      await api.call('POST', `${path}/uploads/${id}/items`, { raw: item, headers: ndjson });
      await api.post(`${path}/uploads/${id}/close`);
      expect(await api.ended(path, id)).toMatchObject({ state: 'DONE', counts: { unchanged: 1 } });
    },
  );

  it('that JavaScript would write alike are not the same', async () => {
    const path = await api.dataset('p', 'alike');
    const headers = { 'content-type': 'application/json' };
    const write = (n: string) =>
      api.call('PUT', `${path}/frames/n?wait=30s`, { raw: `{"metadata":{"n":${n}}}`, headers });
    expect((await write('4611686018427387904')).status).toBe(201);
    expect((await write('4611686018427388000')).body).toMatchObject({ state: 'APPLIED', version: 2 });
    expect((await api.get(`${path}/frames/n`)).text).toContain('"n":4611686018427388000}');
  });
});

describe('batch-get', () => {
  it('answers in the order asked and names what is missing', async () => {
    const answer = await api.post(`${dataset}/frames/batch-get`, {
      frame_ids: ['é', 'nobody', 'a', 'é', 'd e'],
      version: 1,
    });
    expect(answer.body).toMatchObject({
      items: [{ frame_id: 'é' }, { frame_id: 'a' }, { frame_id: 'd e' }],
      missing: ['nobody'],
      version: 1,
    });
  });

  it('is no frame, although a frame may have its name', async () => {
    const wrong = await api.get(`${dataset}/frames/batch-get`);
    expect(wrong.body.code).toBe('frame_not_found');
    expect((await api.call('POST', at('a'))).body.code).toBe('method_not_allowed');
  });

  it.each([
    [{}, 'frame_ids'],
    [{ frame_ids: [] }, 'frame_ids'],
    [{ frame_ids: Array.from({ length: 1001 }, (_, n) => `f${n}`) }, 'frame_ids'],
    [{ frame_ids: ['a', 7] }, 'frame_ids[1]'],
    [{ frame_ids: ['a'], version: -1 }, 'version'],
    [{ frame_ids: ['a'], limit: 1 }, 'limit'],
  ])('refuses a wrong body', async (body, path) => {
    const answer = await api.post(`${dataset}/frames/batch-get`, body);
    expect(answer.body).toMatchObject({ code: 'invalid_request', errors: [{ path }] });
  });
});
