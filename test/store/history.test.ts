import fc from 'fast-check';
import { HashSum } from '../../domain/content-hash';
import { exportItem } from '../../domain/view';
import type { FrameContent, StoredLabel } from '../../domain/frame';
import type { JsonObject } from '../../domain/json';
import type { MongoStore } from '../../store/mongo';
import { frameIds, frameParts, labelIds, metadata, rawFrame, rawLabel } from '../support/arbitraries';
import { NaiveHistory, stable } from '../support/naive-history';
import { hashFrame } from '../support/sha256';
import { listOf, newDataset, readAll, reread, restore, upload, useStore } from './store-harness';

let store: MongoStore;
useStore('history', (opened) => (store = opened));

const patchFrame = fc
  .record({
    parts: frameParts,
    metadata,
    upsert: fc.uniqueArray(rawLabel, { maxLength: 2, selector: ({ label_id }) => label_id }),
    gone: labelIds,
  })
  .map(({ parts, metadata: fields, upsert, gone }) => {
    const removed = upsert.some(({ label_id }) => label_id === gone) ? [] : [gone];
    return { ...parts, metadata: { ...fields, n: null }, labels: { upsert, delete: removed } } as JsonObject;
  });

const item: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant('put'), frame: rawFrame, keep_embeddings: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('patch'), frame: patchFrame }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('delete') }) },
) as fc.Arbitrary<JsonObject>;

type Step =
  { kind: 'upload'; mode: 'STREAMING' | 'BATCH'; items: JsonObject[] } | { kind: 'rollback' | 'revert'; place: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.constantFrom('STREAMING' as const, 'BATCH' as const),
        fc.uniqueArray(fc.tuple(frameIds, item), { minLength: 1, maxLength: 5, selector: ([frame_id]) => frame_id }),
      )
      .map(([mode, pairs]): Step => ({
        kind: 'upload',
        mode,
        items: pairs.map(([frame_id, one]) => ({ ...one, frame_id })),
      })),
  },
  { weight: 2, arbitrary: fc.nat(99).map((place): Step => ({ kind: 'rollback', place })) },
  { weight: 2, arbitrary: fc.nat(99).map((place): Step => ({ kind: 'revert', place })) },
);

/** Takes a step in the store and in the model; `made` has the upload of each version. */
async function take(one: Step, key: number, model: NaiveHistory, made: string[]): Promise<void> {
  let ended;
  if (one.kind === 'upload') {
    const live = model.snapshots[model.head]!;
    // A patch of an absent frame fails, and with it a batch; the model knows no failures.
    const items = one.items.filter(({ op, frame_id }) => op !== 'patch' || live.has(frame_id as string));
    if (items.length === 0) return;
    ended = await upload(store, key, items, { kind: one.mode }, 2);
    expect(await listOf(store.uploads.errors(key, ended.upload_id, { bodies: true }))).toEqual([]);
    expect(ended).toMatchObject({ state: 'DONE', counts: { received: items.length, failed: 0, pending: 0 } });
    model.upload(items);
  } else if (one.kind === 'rollback') {
    const to = one.place % (model.head + 1);
    ended = await restore(store, key, { to });
    model.rollback(to);
  } else {
    if (model.head === 0) return;
    const version = 1 + (one.place % model.head);
    ended = await restore(store, key, { revert: made[version]! });
    model.revert(version);
  }
  if (ended.first_version !== null) made[ended.first_version] = ended.upload_id;
  expect(made.length - 1).toBe(model.head);
}

/** The frame as an export shows it, with the references of its vectors. */
function shown(frame_id: string, content: FrameContent<StoredLabel>): string {
  const { frame_id: _same, ...frame } = exportItem(frame_id, content).frame as JsonObject;
  const labels = (frame.labels as JsonObject[]).map((label, at) => {
    const embedding = content.labels![at]!.embedding;
    return embedding === undefined ? label : { ...label, embedding: { ...embedding } };
  });
  return stable(
    content.embedding === undefined ? { ...frame, labels } : { ...frame, labels, embedding: { ...content.embedding } },
  );
}

const plain = (model: NaiveHistory, version: number): Map<string, string> =>
  new Map(
    [...model.snapshots[version]!]
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map(([id, frame]) => [id, stable(frame)]),
  );

it('any history reads back as a naive model says: contents, hashes, counts, and the differences of every two versions', async () => {
  let versions = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
      const dataset = await newDataset(store);
      const { key } = dataset;
      const model = new NaiveHistory();
      const made = [''];
      for (const one of steps) await take(one, key, model, made);

      expect((await reread(store, dataset)).head).toBe(model.head);
      const read = [];
      const hashes: string[] = [];
      for (let version = 0; version <= model.head; version++) {
        const frames = await readAll(store, key, version, 2);
        read.push(new Map(frames.map(({ frame_id, content }) => [frame_id, shown(frame_id, content)])));
        expect(read[version]).toEqual(plain(model, version));
        expect([...read[version]!.keys()]).toEqual([...plain(model, version).keys()]);
        const sum = new HashSum();
        for (const { frame_id, hash, content } of frames) {
          expect(hash).toBe(hashFrame(frame_id, content));
          sum.add(hash);
          for (const label of content.labels ?? [])
            expect(label.since).toBe(model.since(version, frame_id, label.label_id));
        }
        const { content_hash, counts } = await store.versions.get(key, version);
        expect(content_hash).toBe(sum.toString());
        expect(counts).toMatchObject({
          frames: frames.length,
          labels: frames.reduce((n, { content }) => n + (content.labels?.length ?? 0), 0),
        });
        hashes.push(content_hash);
      }
      for (let a = 0; a <= model.head; a++)
        for (let b = 0; b <= model.head; b++) {
          expect(hashes[a] === hashes[b]).toBe(stable([...read[a]!]) === stable([...read[b]!]));
          expect(await applied(key, read[a]!, a, b)).toEqual(read[b]);
        }
      versions += model.head;
    }),
    { numRuns: 12, endOnFailure: true },
  );
  expect(versions).toBeGreaterThan(12);
}, 120_000);

/** The frames of version a with the differences to b applied. */
async function applied(key: number, frames: Map<string, string>, a: number, b: number): Promise<Map<string, string>> {
  const result = new Map(frames);
  const met = new Set<string>();
  let after: string | undefined;
  do {
    const page = await store.frames.changes(key, a, b, { after, limit: 2 });
    for (const { frame_id, old, new: now } of page.items) {
      expect(met.has(frame_id)).toBe(false);
      met.add(frame_id);
      expect(old && shown(frame_id, old.content)).toBe(frames.get(frame_id) ?? null);
      if (now) result.set(frame_id, shown(frame_id, now.content));
      else result.delete(frame_id);
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
  return result;
}
