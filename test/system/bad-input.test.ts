import { createConnection } from 'node:net';
import { gzipSync } from 'node:zlib';
import { scratchFolder } from '../support/scratch-folder';
import { BAD_ITEMS } from './bad-items';
import { System, type Answer, type Body, type Sent } from './system';

const folder = scratchFolder();
const P = '/projects/strict';
const D = `${P}/datasets/d`;
let system: System;
let others: string;
let before: Body;
/** A client that falls silent in the middle of its body; what it is answered comes half a minute later. */
let silent: Promise<string>;
let silentUpload: string;

beforeAll(async () => {
  system = await System.start(folder);
  for (const id of ['strict', 'other']) await system.ok('POST', '/projects', { json: { id, label_classes: ['car'] } });
  await system.ok('POST', `${P}/datasets`, { json: { id: 'd' } });
  others = (await system.ok('POST', '/keys', { json: { name: 'other', role: 'writer', projects: ['other'] } })).body
    .key;
  const kept = { sensor_data: [], metadata: { n: 1 } };
  await system.ok('PUT', `${D}/frames/kept?wait=30s`, { json: kept });
  await system.ok('PUT', `${D}/frames/kept2?wait=30s`, { json: kept });
  before = await system.get(D);
  silentUpload = await open();
  silent = fallSilent(silentUpload);
  silent.catch(() => undefined);
}, 120_000);

afterAll(() => system?.stop(), 60_000);

// Whatever was refused has touched nothing: the same version, the same frames, the same hash.
afterEach(async () => {
  expect(await system.get(D)).toEqual(before);
  expect((await system.get(`${D}/versions/latest`)).version).toBe(2);
});

const open = async (dataset = D, more: object = {}): Promise<string> =>
  (await system.ok('POST', `${dataset}/uploads`, { json: more })).body.upload_id;

async function refused(sent: Promise<Answer>, status: number, code: string, detail: RegExp): Promise<Body> {
  const answer = await sent;
  expect({
    status: answer.status,
    code: answer.body.code,
    type: answer.headers.get('content-type')?.split(';')[0],
  }).toEqual({ status, code, type: 'application/problem+json' });
  expect(answer.body.detail).toMatch(detail);
  expect(answer.body.detail).not.toMatch(/\.$|\.js:\d|Error:/);
  return answer.body;
}

const post = (path: string, sent: Sent): Promise<Answer> => system.send('POST', path, sent);

describe('items that fail alone', () => {
  let upload: Body;
  let errors: Body[];

  beforeAll(async () => {
    const upload_id = await open();
    // A blank line in front: it counts as a line and is no item.
    await system.ok('POST', `${D}/uploads/${upload_id}/items`, { lines: ['', ...BAD_ITEMS.map(({ line }) => line)] });
    await system.ok('POST', `${D}/uploads/${upload_id}/close`);
    upload = await system.ended(D, upload_id);
    errors = await system.all(`${D}/uploads/${upload_id}/errors`);
  }, 60_000);

  it('are all counted', () => {
    expect(upload).toMatchObject({
      state: 'FAILED',
      counts: { received: BAD_ITEMS.length, failed: BAD_ITEMS.length },
      first_version: null,
    });
    expect(errors.map(({ item }) => item)).toEqual(BAD_ITEMS.map((_, at) => at));
  });

  it.each(BAD_ITEMS.map((bad, at) => ({ ...bad, at })))('$what: $code', ({ code, path, message, at }) => {
    const error = errors[at]!;
    expect({ code: error.code, path: error.path, line: error.line, attempts: error.attempts }).toEqual({
      code,
      path: path ?? null,
      line: at + 2,
      attempts: 1,
    });
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^[A-Z]/);
    expect(error.message).not.toMatch(/\.$/);
  });

  it('are told apart from good ones in the same post', async () => {
    const { upload_id } = (
      await system
        .ok('POST', `${P}/datasets`, { json: { id: 'mixed' } })
        .then(() => post(`${P}/datasets/mixed/uploads`, {}))
    ).body;
    const good = JSON.stringify({
      op: 'put',
      frame_id: 'zero',
      frame: {
        labels: [{ label_id: 'l', type: 'BBOX_2D', class: 'car', geometry: { left: 0, top: 0, width: 0, height: 0 } }],
      },
    });
    await system.ok('POST', `${P}/datasets/mixed/uploads/${upload_id}/items`, {
      lines: [BAD_ITEMS[0]!.line, good, BAD_ITEMS[3]!.line],
    });
    await system.ok('POST', `${P}/datasets/mixed/uploads/${upload_id}/close`);
    expect(await system.ended(`${P}/datasets/mixed`, upload_id)).toMatchObject({
      state: 'PARTIAL',
      counts: { applied: 1, failed: 2 },
    });
  }, 60_000);

  it('by growing over what a document can hold', async () => {
    await system.ok('POST', `${P}/datasets`, { json: { id: 'large' } });
    const dataset = `${P}/datasets/large`;
    const part = (name: string) =>
      JSON.stringify({ op: 'patch', frame_id: 'f', frame: { metadata: { [name]: 'x'.repeat(7_000_000) } } });
    const lines = [
      JSON.stringify({ op: 'put', frame_id: 'f', frame: {} }),
      part('a'),
      part('b'),
      part('c'),
      JSON.stringify({ op: 'put', frame_id: 'g', frame: {} }),
    ];
    const upload_ = await system.upload(dataset, lines);
    expect(upload_).toMatchObject({ state: 'PARTIAL', counts: { applied: 4, failed: 1 } });
    const [error] = await system.all(`${dataset}/uploads/${upload_.upload_id}/errors`);
    expect(error).toMatchObject({
      item: 3,
      line: 4,
      frame_id: 'f',
      code: 'document_too_large',
      message: expect.stringMatching(/16/),
    });
  }, 60_000);
});

describe('uploads', () => {
  it('closed empty have failed', async () => {
    const upload_id = await open();
    await system.ok('POST', `${D}/uploads/${upload_id}/close`);
    expect(await system.ended(D, upload_id)).toMatchObject({ state: 'FAILED', error: { code: 'upload_empty' } });
  });

  it('that are closed, cancelled or unknown take no items', async () => {
    const lines = ['{"op":"delete","frame_id":"kept"}'];
    const [closed, cancelled] = [await open(), await open()];
    await system.ok('POST', `${D}/uploads/${closed}/close`);
    await system.ok('POST', `${D}/uploads/${cancelled}/cancel`);
    await refused(post(`${D}/uploads/${closed}/items`, { lines }), 409, 'upload_closed', new RegExp(closed));
    await refused(post(`${D}/uploads/${cancelled}/items`, { lines }), 409, 'upload_cancelled', new RegExp(cancelled));
    await refused(post(`${D}/uploads/none/items`, { lines }), 404, 'upload_not_found', /none/);
    await refused(
      post(`${P}/datasets/mixed/uploads/${closed}/items`, { lines }),
      404,
      'upload_not_found',
      new RegExp(closed),
    );
    await refused(post(`${D}/uploads/${cancelled}/close`, {}), 409, 'upload_cancelled', new RegExp(cancelled));
    await refused(post(`${D}/uploads/${closed}/retry`, {}), 409, 'nothing_to_retry', /FAILED/);
  });

  it('are not seen by the key of another project', async () => {
    const upload_id = await open();
    for (const [method, path] of [
      ['GET', D],
      ['POST', `${D}/uploads/${upload_id}/items`],
      ['PUT', `${D}/frames/x`],
      ['GET', `${D}/frames`],
    ] as const)
      await refused(
        system.send(method, path, { key: others, ...(method === 'GET' ? {} : { json: {} }) }),
        403,
        'forbidden_project',
        /project/,
      );
    await refused(system.send('GET', D, { key: null }), 401, 'unauthorized', /key/);
    await refused(system.send('GET', D, { key: 'wrong' }), 401, 'unauthorized', /key/);
    await refused(
      system.send('POST', '/projects', { key: others, json: { id: 'x', label_classes: [] } }),
      403,
      'forbidden_project',
      /project/,
    );
  });
});

describe('versions', () => {
  it('that are unknown, too early or in the future', async () => {
    const at = (version: string) => system.send('GET', `${D}/frames?version=${encodeURIComponent(version)}`);
    await refused(at('99'), 404, 'version_not_found', /99/);
    await refused(at('notag'), 404, 'version_not_found', /notag/);
    await refused(at('2020-01-01T00:00:00Z'), 404, 'no_version_at_time', /later time/);
    await refused(at('2999-01-01T00:00:00Z'), 422, 'version_in_future', /past/);
    await refused(at('2026-02-30T00:00:00Z'), 422, 'invalid_version', /2026-02-30/);
    await refused(at('-1'), 422, 'invalid_version', /-1/);
    await refused(system.send('PUT', `${D}/tags/t`, { json: { version: 99 } }), 404, 'version_not_found', /99/);
  });

  it('that cannot be rolled back to', async () => {
    await refused(post(`${D}/rollback`, { json: { to: 2 } }), 409, 'already_at_version', /version 2/);
    await refused(post(`${D}/rollback`, { json: { to: 99 } }), 404, 'version_not_found', /99/);
    await refused(post(`${D}/rollback`, { json: {} }), 422, 'invalid_request', /to/);
  });

  it('of an upload whose frames have changed since are not reverted', async () => {
    await system.ok('POST', `${P}/datasets`, { json: { id: 'reverted' } });
    const dataset = `${P}/datasets/reverted`;
    const { upload_id } = await system.upload(dataset, [
      '{"op":"put","frame_id":"a","frame":{}}',
      '{"op":"put","frame_id":"b","frame":{}}',
    ]);
    await system.upload(dataset, ['{"op":"patch","frame_id":"a","frame":{"device_id":"d"}}']);
    const conflict = await refused(
      post(`${dataset}/uploads/${upload_id}/revert`, {}),
      409,
      'revert_conflict',
      /changed since/,
    );
    expect(conflict.frames).toEqual(['a']);
    expect(await system.get(dataset)).toMatchObject({ head: 2, counts: { frames: 2 } });
    await refused(post(`${dataset}/uploads/none/revert`, {}), 404, 'upload_not_found', /none/);
  }, 60_000);

  it('that a single write did not see', async () => {
    const write = (headers: Record<string, string>, query = '') =>
      system.send('PUT', `${D}/frames/kept${query}`, { json: { sensor_data: [] }, headers });
    const body = await refused(write({ 'if-match': '"7"' }), 412, 'version_conflict', /revision 7.*revision 1/);
    expect(body.upload_id).toEqual(expect.any(String));
    await refused(write({ 'if-match': 'seven' }), 422, 'invalid_request', /[Ii]f-[Mm]atch/);
    await refused(write({}, '?wait=61s'), 422, 'invalid_request', /60/);
  }, 60_000);
});

describe('bodies and paths', () => {
  it('that are unreadable', async () => {
    await refused(
      post(`${P}/datasets`, { raw: '{"id":', headers: { 'content-type': 'application/json' } }),
      400,
      'malformed_body',
      /JSON/,
    );
    await refused(
      post(`${P}/datasets`, { raw: 'id=x', headers: { 'content-type': 'text/plain' } }),
      415,
      'unsupported_media_type',
      /application\/json/,
    );
    await refused(post(`${P}/datasets`, { json: { id: 'a/b' } }), 422, 'invalid_request', /id/);
    await refused(post(`${P}/datasets`, { json: { id: 'x', nothing: 1 } }), 422, 'invalid_request', /nothing/);
    await refused(
      system.send('PUT', `${D}/frames/f?wait=5s`, { raw: '{"a":', headers: { 'content-type': 'application/json' } }),
      400,
      'malformed_body',
      /JSON/,
    );
    await refused(system.send('GET', `${D}/frames/%E0%A4%A`), 400, 'malformed_path', /%/);
    await refused(system.send('GET', `${D}/frames/a%2Fb`), 422, 'invalid_id', /\//);
    await refused(system.send('GET', `${D}/frames?limit=1001`), 422, 'invalid_request', /query\.limit/);
    await refused(system.send('GET', `${D}/frames/kept?version=1&version=2`), 422, 'invalid_request', /query\.version/);
    await refused(system.send('GET', `${D}/nothing`), 404, 'route_not_found', /nothing/);
  });

  it('of single writes that break a rule are not staged', async () => {
    const bad = {
      sensor_data: [],
      labels: [
        { label_id: 'l', type: 'BBOX_2D', class: 'unicorn', geometry: { left: 0, top: 0, width: 1, height: 1 } },
      ],
    };
    const body = await refused(
      system.send('PUT', `${D}/frames/f?wait=30s`, { json: bad }),
      422,
      'unknown_class',
      /"unicorn"/,
    );
    expect(JSON.stringify(body)).toContain('labels[0].class');
  }, 60_000);

  it('that unpack to more than they may', async () => {
    const [ndjson, json] = [
      { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    ];
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024, 0x61));
    const upload_id = await open();
    const items = `${D}/uploads/${upload_id}/items`;
    expect(await post(items, { raw: bomb, headers: ndjson })).toMatchObject({
      status: 202,
      body: { first_index: 0, count: 1 },
    });
    await refused(post(items, { raw: bomb, headers: json }), 413, 'body_too_large', /x-ndjson/);
    await refused(
      post(items, { raw: bomb.subarray(0, bomb.length / 2), headers: ndjson }),
      400,
      'malformed_body',
      /gzip/,
    );
    await refused(post(items, { raw: 'not gzip', headers: ndjson }), 400, 'malformed_body', /gzip/);
    await refused(
      post(items, { raw: 'x', headers: { ...ndjson, 'content-encoding': 'br' } }),
      415,
      'unsupported_encoding',
      /"br"/,
    );
    expect(await post(items, { raw: gzipSync('{"op":"delete","frame_id":"absent"}'), headers: ndjson })).toMatchObject({
      status: 202,
      body: { first_index: 1, count: 1 },
    });
    await system.ok('POST', `${D}/uploads/${upload_id}/close`);
    expect(await system.ended(D, upload_id)).toMatchObject({ state: 'PARTIAL', counts: { failed: 1, unchanged: 1 } });
    const [error] = await system.all(`${D}/uploads/${upload_id}/errors`);
    expect(error).toMatchObject({ item: 0, line: 1, code: 'line_too_long' });
  }, 60_000);

  it('that stop coming are answered after half a minute, and nothing of them is taken', async () => {
    const answer = await silent;
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('body_timeout');
    expect(await system.get(`${D}/uploads/${silentUpload}`)).toMatchObject({ state: 'OPEN', counts: { received: 0 } });
  }, 60_000);
});

/** Sends the head of a request and half of an item, and then nothing; resolves with the answer. */
async function fallSilent(upload_id: string): Promise<string> {
  const admin = (await system.ok('POST', '/keys', { json: { name: 'slow', role: 'writer' } })).body.key;
  const { hostname, port } = new URL(system.root);
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(port), hostname);
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.write(
      `POST /api/v2${D}/uploads/${upload_id}/items HTTP/1.1\r\nHost: x\r\nx-illume-api-key: ${admin}\r\n` +
        `Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{"op":"delete","frame_id":"kept"}\n{"op"`,
    );
  });
}
