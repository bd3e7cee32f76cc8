import fc from 'fast-check';
import { exportItem } from '../../domain/view';
import { frameParts, frameIds, labelIds, metadata, rawFrame, rawLabel } from '../support/arbitraries';
import { good } from '../support/read';
import { MemoryDataset } from '../support/memory-dataset';
import { NaiveHistory, stable } from '../support/naive-history';
import type { FrameContent, StoredLabel } from '../../domain/frame';
import type { Json, JsonObject } from '../../domain/json';

const nullOr = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null, freq: 4 });

const metadataPatch = fc
  .tuple(metadata, fc.subarray(['split', 'n', '10', 'constructor']))
  .map(([fields, removed]) => ({ ...fields, ...Object.fromEntries(removed.map((key) => [key, null])) }));

const partsPatch = fc
  .tuple(frameParts, fc.subarray(['device_id', 'geo', 'embedding', 'sensor_data', 'custom_metrics']))
  .map(([parts, removed]) => ({ ...parts, ...Object.fromEntries(removed.map((part) => [part, null])) }));

const labelChange = fc.oneof(
  rawLabel.map((label) => ({ how: 'upsert', label_id: label.label_id, value: label as Json })),
  labelIds.map((label_id) => ({ how: 'delete', label_id: label_id as Json, value: label_id as Json })),
  fc
    .tuple(
      labelIds,
      fc.record({ metadata: nullOr(metadataPatch), iscrowd: nullOr(fc.boolean()) }, { requiredKeys: [] }),
    )
    .map(([label_id, fields]) => ({
      how: 'merge',
      label_id: label_id as Json,
      value: { label_id, ...fields } as Json,
    })),
);

const labelChanges = fc
  .uniqueArray(labelChange, { maxLength: 3, selector: ({ label_id }) => label_id })
  .map((changes) => {
    const of = (how: string): Json[] => changes.filter((change) => change.how === how).map(({ value }) => value);
    return { upsert: of('upsert'), merge: of('merge'), delete: of('delete') };
  });

const patchFrame = fc
  .tuple(partsPatch, fc.record({ metadata: nullOr(metadataPatch), labels: labelChanges }, { requiredKeys: [] }))
  .map(([parts, rest]) => ({ ...parts, ...rest }) as JsonObject);

const item: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('put'), frame: rawFrame, keep_embeddings: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record(
      { op: fc.constant('patch'), frame: patchFrame, if_missing: fc.constant('skip') },
      { requiredKeys: ['op', 'frame'] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('delete') }) },
) as fc.Arbitrary<JsonObject>;

type Step = { kind: 'upload'; items: JsonObject[] } | { kind: 'rollback' | 'revert'; place: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .uniqueArray(fc.tuple(frameIds, item), { minLength: 1, maxLength: 4, selector: ([frame_id]) => frame_id })
      .map((pairs): Step => ({ kind: 'upload', items: pairs.map(([frame_id, one]) => ({ ...one, frame_id })) })),
  },
  { weight: 1, arbitrary: fc.nat(99).map((place): Step => ({ kind: 'rollback', place })) },
  { weight: 1, arbitrary: fc.nat(99).map((place): Step => ({ kind: 'revert', place })) },
);

function take(one: Step, dataset: MemoryDataset, model: NaiveHistory): void {
  if (one.kind === 'upload') {
    dataset.commit(one.items.map(good));
    model.upload(one.items);
  } else if (one.kind === 'rollback') {
    const to = one.place % (model.head + 1);
    dataset.rollback(to);
    model.rollback(to);
  } else if (model.head > 0) {
    const version = 1 + (one.place % model.head);
    dataset.revert(version);
    model.revert(version);
  }
}

/** The frame as an export shows it, with the references of its vectors. */
function shown(frame_id: string, content: FrameContent<StoredLabel>): JsonObject {
  const { frame_id: _same, ...frame } = exportItem(frame_id, content).frame as JsonObject;
  const labels = (frame.labels as JsonObject[]).map((label, index) => {
    const embedding = content.labels![index]!.embedding;
    return embedding === undefined ? label : { ...label, embedding: { ...embedding } };
  });
  return content.embedding === undefined
    ? { ...frame, labels }
    : { ...frame, labels, embedding: { ...content.embedding } };
}

describe('a history of uploads, rollbacks and reverts', () => {
  it('reads back at every version what a naive model says, since when each label stands included', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const dataset = new MemoryDataset();
        const model = new NaiveHistory();
        for (const one of steps) take(one, dataset, model);

        expect(dataset.head).toBe(model.head);
        model.snapshots.forEach((frames, version) => {
          const read = dataset.read(version);
          expect([...read.keys()].sort()).toEqual([...frames.keys()].sort());
          for (const [frame_id, content] of read) {
            expect(stable(shown(frame_id, content))).toBe(stable(frames.get(frame_id)));
            for (const label of content.labels ?? []) {
              expect(label.since).toBe(model.since(version, frame_id, label.label_id));
            }
          }
        });
      }),
      { numRuns: 150 },
    );
  });

  it('gives two versions the same content hash exactly when they hold the same frames', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 10 }), (steps) => {
        const dataset = new MemoryDataset();
        const model = new NaiveHistory();
        for (const one of steps) take(one, dataset, model);

        const contents = model.snapshots.map((frames) => stable([...frames].sort() as unknown as Json));
        for (let a = 0; a <= model.head; a++) {
          for (let b = 0; b < a; b++) {
            expect(dataset.hash(a) === dataset.hash(b)).toBe(contents[a] === contents[b]);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('makes no version when the same frames are put again', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(frameIds, rawFrame), { selector: ([id]) => id }), (pairs) => {
        const dataset = new MemoryDataset();
        const items = pairs.map(([frame_id, frame]) => good({ op: 'put', frame_id, frame }));
        dataset.commit(items);
        const head = dataset.head;
        const again = dataset.commit(items);
        expect(dataset.head).toBe(head);
        expect(again.every(({ kind }) => kind === 'unchanged')).toBe(true);
      }),
    );
  });
});
