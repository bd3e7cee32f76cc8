import type { DatasetKey } from '../../store/records';
import type { MongoStore } from '../../store/mongo';
import { box, newDataset, patch, put, readAll, remove, upload, useStore } from './store-harness';

let store: MongoStore;
let key: DatasetKey;
useStore('frames', (opened) => (store = opened));

// In UTF-8 byte order; UTF-16 would put the last two the other way round.
const IDS = ['$1', 'B', 'a', 'a.b', 'ab', 'ä', '\u{ff5e}', '\u{1f600}'];

beforeAll(async () => {
  ({ key } = await newDataset(store));
  const frame = (at: number) => ({ device_id: `d${at % 2}`, labels: [box('l', { class: at < 3 ? 'RBC' : 'WBC' })] });
  await upload(
    store,
    key,
    IDS.toReversed().map((id) => put(id, frame(IDS.indexOf(id)))),
  );
  await upload(store, key, [remove('a.b'), patch('ab', { device_id: 'd9' })]);
  await upload(store, key, [put('a.b', { device_id: 'again' })]);
});

describe('pages', () => {
  const ids = async (version: number, filter = {}, after?: string, limit = 100) => {
    const { items, next } = await store.frames.page(key, version, filter, { after, limit });
    return [items.map(({ frame_id }) => frame_id), next];
  };

  it('are in the byte order of ids, at each version its own frames', async () => {
    expect(await ids(1)).toEqual([IDS, null]);
    expect(await ids(2)).toEqual([IDS.filter((id) => id !== 'a.b'), null]);
    expect(await ids(3)).toEqual([IDS, null]);
    expect(await ids(0)).toEqual([[], null]);
  });

  it('go on after a cursor, also after one that is no frame', async () => {
    expect(await ids(1, {}, undefined, 3)).toEqual([['$1', 'B', 'a'], 'a']);
    expect(await ids(1, {}, 'a', 3)).toEqual([['a.b', 'ab', 'ä'], 'ä']);
    expect(await ids(1, {}, 'a0', 2)).toEqual([['ab', 'ä'], 'ä']);
    expect(await ids(1, {}, '\u{ff5e}', 2)).toEqual([['\u{1f600}'], null]);
    for (const limit of [1, 2, 3, 8])
      expect((await readAll(store, key, 1, limit)).map(({ frame_id }) => frame_id)).toEqual(IDS);
  });

  it('are filtered by prefix, class and device, one by one and together', async () => {
    expect(await ids(1, { prefix: 'a' })).toEqual([['a', 'a.b', 'ab'], null]);
    expect(await ids(1, { prefix: 'a' }, 'a.b')).toEqual([['ab'], null]);
    expect(await ids(1, { prefix: 'b' }, 'a')).toEqual([[], null]);
    expect(await ids(1, { prefix: 'a' }, 'b')).toEqual([[], null]);
    expect(await ids(1, { prefix: '\u{1f600}' })).toEqual([['\u{1f600}'], null]);
    expect(await ids(1, { class: 'RBC' })).toEqual([['$1', 'B', 'a'], null]);
    expect(await ids(2, { device_id: 'd9' })).toEqual([['ab'], null]);
    expect(await ids(1, { device_id: 'd9' })).toEqual([[], null]);
    expect(await ids(1, { class: 'RBC', device_id: 'd0', prefix: 'a' })).toEqual([['a'], null]);
  });
});

describe('ids alone', () => {
  const ids = async (version: number, after?: string, limit = 100) => {
    const { items, next } = await store.frames.ids(key, version, { after, limit });
    return [items, next];
  };

  it('are those of the pages, at each version and after each cursor', async () => {
    expect(await ids(0)).toEqual([[], null]);
    expect(await ids(1)).toEqual([IDS, null]);
    expect(await ids(2)).toEqual([IDS.filter((id) => id !== 'a.b'), null]);
    expect(await ids(3, undefined, 3)).toEqual([['$1', 'B', 'a'], 'a']);
    expect(await ids(3, 'a', 3)).toEqual([['a.b', 'ab', 'ä'], 'ä']);
    expect(await ids(3, '\u{ff5e}', 8)).toEqual([['\u{1f600}'], null]);
  });

  it('come with their revisions, without those that are not there', async () => {
    const asked = ['a.b', 'ab', 'B', 'none', 'a.b'];
    const revisions = async (version: number) => Object.fromEntries(await store.frames.revisions(key, version, asked));
    expect(await revisions(1)).toEqual({ 'a.b': 1, ab: 1, B: 1 });
    expect(await revisions(2)).toEqual({ ab: 2, B: 1 });
    expect(await revisions(3)).toEqual({ 'a.b': 3, ab: 2, B: 1 });
  });
});

describe('single frames', () => {
  it('read as they stood at a version', async () => {
    expect((await store.frames.get(key, 1, 'ab'))?.content.device_id).toBe('d0');
    expect(await store.frames.get(key, 3, 'ab')).toMatchObject({
      from: 2,
      prev: 1,
      deleted: false,
      created_by: 'k1',
      content: { device_id: 'd9', labels: [{ label_id: 'l', since: 1 }] },
    });
    expect(await store.frames.get(key, 2, 'a.b')).toBeNull();
    expect(await store.frames.get(key, 1, 'none')).toBeNull();
    expect(await store.frames.get(key + 1_000, 1, 'a')).toBeNull();
  });

  it('read many at once in the order asked, without those absent', async () => {
    const found = await store.frames.getMany(key, 2, ['ab', 'none', 'B', 'a.b', 'ab']);
    expect(found.map(({ frame_id, from }) => [frame_id, from])).toEqual([
      ['ab', 2],
      ['B', 1],
    ]);
    expect(await store.frames.getMany(key, 2, [])).toEqual([]);
  });
});

describe('contents', () => {
  it('read back as they were written, whatever their keys are called', async () => {
    const other = await newDataset(store);
    const free = {
      constructor: [{ a: 1 }, [{}]],
      toString: [{ valueOf: [{ b: null }] }],
      hasOwnProperty: {},
      firstBatch: [{}],
    };
    const frame = {
      metadata: { constructor: ['x'], toString: 'y' },
      custom_metrics: free,
      labels: [box('l', { metadata: free, links: { constructor: 1 } })],
    };
    await upload(store, other.key, [put('f', frame)]);
    await upload(store, other.key, [patch('f', { device_id: 'd' })]);
    for (const { content } of [
      await store.frames.get(other.key, 1, 'f'),
      await store.frames.get(other.key, 2, 'f'),
    ].map((one) => one!)) {
      expect(content.metadata).toEqual(frame.metadata);
      expect(content.custom_metrics).toEqual(free);
      expect(content.labels?.[0]).toMatchObject({ metadata: free, links: { constructor: 1 }, since: 1 });
    }
  });

  it('keep integers of 64 bits and tell them from floats', async () => {
    const other = await newDataset(store);
    await upload(store, other.key, [put('f', { metadata: { id: 9_223_372_036_854_775_807n, n: 1.5, small: 7 } })]);
    expect((await store.frames.get(other.key, 1, 'f'))?.content.metadata).toEqual({
      id: 9_223_372_036_854_775_807n,
      n: 1.5,
      small: 7,
    });
  });
});

describe('history', () => {
  const versions = async (head: number, before?: number, limit = 10) =>
    (await store.frames.history(key, head, 'a.b', { before, limit })).map(({ from, deleted }) => [from, deleted]);

  it('is newest first, tombstones included, up to the head that is given', async () => {
    expect(await versions(3)).toEqual([
      [3, false],
      [2, true],
      [1, false],
    ]);
    expect(await versions(2)).toEqual([
      [2, true],
      [1, false],
    ]);
    expect(await versions(0)).toEqual([]);
  });

  it('goes on before a version', async () => {
    expect(await versions(3, undefined, 2)).toEqual([
      [3, false],
      [2, true],
    ]);
    expect(await versions(3, 2, 2)).toEqual([[1, false]]);
    expect(await versions(3, 1)).toEqual([]);
  });
});

describe('changes', () => {
  const changed = async (a: number, b: number) =>
    (await store.frames.changes(key, a, b, { limit: 100 })).items.map(({ frame_id, old, new: now }) => [
      frame_id,
      old?.from ?? null,
      now?.from ?? null,
    ]);

  it('are the frames that differ, each once', async () => {
    expect(await changed(1, 2)).toEqual([
      ['a.b', 1, null],
      ['ab', 1, 2],
    ]);
    expect(await changed(1, 3)).toEqual([
      ['a.b', 1, 3],
      ['ab', 1, 2],
    ]);
    expect(await changed(2, 3)).toEqual([['a.b', null, 3]]);
    expect(await changed(3, 1)).toEqual([
      ['a.b', 3, 1],
      ['ab', 2, 1],
    ]);
    expect(await changed(2, 2)).toEqual([]);
    expect((await changed(0, 3)).map(([frame_id]) => frame_id)).toEqual(IDS);
  });

  it('leave out a frame that came and went in between', async () => {
    const other = await newDataset(store);
    await upload(store, other.key, [put('stays')]);
    await upload(store, other.key, [put('passes')]);
    await upload(store, other.key, [remove('passes')]);
    expect((await store.frames.changes(other.key, 1, 3, { limit: 9 })).items).toEqual([]);
  });

  it('come page by page, also when a page shows nothing', async () => {
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.frames.changes(key, 0, 3, { after, limit: 3 });
      ids.push(...page.items.map(({ frame_id }) => frame_id));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(ids).toEqual(IDS);
  });
});
