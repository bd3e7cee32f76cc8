import { DrainedStore, putItem } from '../support/drained-store';

let drained: DrainedStore;

beforeAll(async () => {
  drained = await DrainedStore.open('repeated_lines');
});
afterAll(() => drained.close());

const upload = async (item: object) => drained.drainToEnd(await drained.submit('STREAMING', [item]));
const digests = async () =>
  (await drained.store.database.c.frames.find({ dataset: drained.key }).sort({ from: 1 }).toArray()).map(
    ({ from, line_digest }) => [from, typeof line_digest],
  );

it('takes the very line that wrote the current revision as UNCHANGED', async () => {
  const item = putItem('a', { n: 1 });
  expect((await upload(item)).counts).toMatchObject({ applied: 1 });
  expect((await upload(item)).counts).toMatchObject({ unchanged: 1, applied: 0 });
  expect((await drained.dataset()).head).toBe(1);
});

it('applies that line again once another write has changed the frame', async () => {
  await upload({ op: 'patch', frame_id: 'a', frame: { metadata: { n: 2 } } });
  expect((await upload(putItem('a', { n: 1 }))).counts).toMatchObject({ applied: 1 });
  // A patch leaves no digest: the same patch may mean another frame.
  expect(await digests()).toEqual([
    [1, 'string'],
    [2, 'undefined'],
    [3, 'string'],
  ]);
});

it('applies that line again once the frame was deleted', async () => {
  await upload({ op: 'delete', frame_id: 'a' });
  expect((await upload(putItem('a', { n: 1 }))).counts).toMatchObject({ applied: 1 });
});

it('holds a repeated line to its precondition', async () => {
  const item = { ...putItem('b'), if_version: 0 };
  expect((await upload(item)).counts).toMatchObject({ applied: 1 });
  const again = await drained.submit('STREAMING', [item]);
  expect((await drained.drainToEnd(again)).counts).toMatchObject({ failed: 1 });
  expect((await drained.errors(again))[0]?.code).toBe('version_conflict');
});

it('finds a repeated line that a BATCH names twice', async () => {
  const batch = await drained.submit('BATCH', [putItem('b'), putItem('b')]);
  expect((await drained.drainToEnd(batch)).state).toBe('FAILED');
  expect((await drained.errors(batch)).map((error) => error.code)).toEqual(['duplicate_frame_id']);
});
