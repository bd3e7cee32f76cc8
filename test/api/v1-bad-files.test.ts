import { randomUUID } from 'node:crypto';
import { PUBLIC_URL } from './api-harness';
import { arrowFile, cropRow, frameRow, lines, V1Ingest, type Files } from './v1-ingest-harness';

let on: V1Ingest;

beforeAll(async () => {
  on = await V1Ingest.start('v1_bad_files');
});
afterAll(() => on.stop());
beforeEach(() => on.newProject());

describe('files that are no such files', () => {
  const frames = () => on.file(lines([frameRow('f1')]));
  const crops = () => on.file(lines([cropRow('f1')]));
  const cases: [string, () => Promise<Files | string[]>, RegExp][] = [
    [
      'no JSON lines',
      async () => ({ frame: [await on.file('PK\u0003\u0004')], crop: [await crops()] }),
      /does not begin with "\{"/,
    ],
    [
      'no Arrow',
      async () => ({ frame: [await frames()], crop: [await crops()], frame_embeddings: [await on.file('nothing')] }),
      /does not begin with ARROW1/,
    ],
    [
      'a truncated Arrow file',
      async () => {
        const whole = await arrowFile('frames');
        return {
          frame: [await frames()],
          crop: [await crops()],
          frame_embeddings: [await on.file(whole.subarray(0, whole.length >> 1), 'x.arrow')],
        };
      },
      /x\.arrow is (cut off|damaged)/,
    ],
    [
      'fewer label files than frame files',
      async () => ({ frame: [await frames(), await frames()], crop: [await crops()] }),
      /a crop file for each of the 2/,
    ],
    ['none', () => Promise.resolve({ frame: [], crop: [] }), /at least one file of rows/],
    [
      'at a foreign URL',
      async () => ({ frame: ['https://example.org/a.jsonl'], crop: [await crops()] }),
      /a download_url of this server/,
    ],
    [
      'of no object',
      async () => ({ frame: [`${PUBLIC_URL}/objects/${randomUUID()}`], crop: [await crops()] }),
      /a file uploaded to project/,
    ],
    [
      'of another project',
      async () => ({ frame: [await on.file(lines([frameRow('f1')]), 'a.jsonl', 'other')], crop: [await crops()] }),
      /a file uploaded to project/,
    ],
    [
      'at a host that nobody allowed',
      () => Promise.resolve(['https://example.org/a.jsonl']),
      /Files from example\.org, as in data_url\[0\], are not allowed/,
    ],
    ['at no URL', () => Promise.resolve(['file:///etc/passwd']), /an http or https URL/],
    [
      'in an upload that is not complete',
      async () => {
        const { object_id } = await on.api.store.objects.create({
          project: on.project,
          dataset: 'd',
          filename: 'a.jsonl',
          kind: 'FILE',
        });
        return { frame: [`${PUBLIC_URL}/objects/${object_id}`], crop: [await crops()] };
      },
      /is not complete/,
    ],
  ];
  it.each(cases)('%s are refused with a sentence', async (_what, files, message) => {
    const answer = await on.ingest(await files());
    expect(answer.status).toBe(422);
    expect((answer.body as { message: string }).message).toMatch(message);
  });

  it('leave an upload that failed, of which nothing was applied', async () => {
    await on.ingest({ frame: [await on.file('PK')], crop: [await crops()] });
    expect(await on.windows()).toEqual(['WINDOW_ERRORED']);
    const log = (await on.v1('GET', `${on.dataset()}/ingest_error_logs`)).body as object[];
    expect(log).toMatchObject([{ aquarium_dataflow_step: 'upload', code: 'unreadable_file' }]);
    expect((await on.v1('GET', `${on.dataset()}/process_state`)).body).toMatchObject({ current_state: 'FAILED' });
  });
});
