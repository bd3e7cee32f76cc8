import { DrainedStore, putItem } from '../support/drained-store';

const LINE_BYTES = 8 * 1024 * 1024;

let drained: DrainedStore;

beforeAll(async () => {
  drained = await DrainedStore.open('large_lines');
});
afterAll(() => drained.close());

/** A frame whose metrics are a list of `count` values. */
const listed = (frame_id: string, value: unknown, count: number): object => ({
  frame_id,
  frame: { custom_metrics: { list: Array.from({ length: count }, () => value) } },
});

it.each([
  ['millions of empty objects', {}, Math.floor(LINE_BYTES / 3) - 100],
  ['millions of numbers', 1, Math.floor(LINE_BYTES / 2) - 100],
  ['just under a million of values that MongoDB has no room for', [0.5], 999_000],
])('fails a line of %s alone, with its size', async (_what, value, count) => {
  const upload_id = await drained.submit('STREAMING', [listed('big', value, count), putItem('good')]);
  const { counts } = await drained.drainToEnd(upload_id);
  expect(counts).toMatchObject({ received: 2, failed: 1 });
  expect(await drained.errors(upload_id)).toEqual([
    expect.objectContaining({
      item: 0,
      frame_id: 'big',
      code: 'document_too_large',
      message: expect.stringMatching(/\d/) as string,
    }),
  ]);
});

it('stores a long list that MongoDB has room for', async () => {
  const upload_id = await drained.submit('STREAMING', [listed('long', 0.25, 500_000)]);
  expect((await drained.drainToEnd(upload_id)).counts).toMatchObject({ applied: 1 });
});
