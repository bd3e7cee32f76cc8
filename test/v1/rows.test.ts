import fc from 'fast-check';
import type { Json, JsonObject } from '../../domain/json';
import { lineOfRow } from '../../v1/item-of-row';
import { frameParts, hostileJson, ids, labelRows } from './arbitrary-rows';
import { cropRow, frameRow, labelRow } from './rows';
import { FRAMES, INFERENCES, NO_VECTORS, readBack } from './translate';

const withMasks = (context: typeof FRAMES): typeof FRAMES => ({ ...context, masks: new Map([['mask', '/objects/m']]) });
const vector = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 });

describe('any row that a client may send', () => {
  it('that adds a frame is a legal item', () => {
    fc.assert(
      fc.property(ids, frameParts, labelRows, vector, (task_id, parts, label_data, values) => {
        const vectors = {
          frame: Float32Array.from(values),
          labels: new Map(label_data.map(({ uuid }) => [uuid as string, Float32Array.from(values)])),
        };
        const read = readBack(
          { ...parts, task_id, change: 'ADD' },
          { crops: { label_data }, vectors, context: withMasks(FRAMES) },
        );
        expect(read).toMatchObject({ op: 'put', frame_id: task_id });
      }),
      { numRuns: 300 },
    );
  });

  it('that changes a frame is a legal item', () => {
    const changes = fc.tuple(labelRows, fc.array(fc.constantFrom('ADD', 'MODIFY'), { minLength: 5, maxLength: 5 }));
    fc.assert(
      fc.property(frameParts, changes, fc.nat(), (parts, [labels, kinds], picked) => {
        const label_data = labels.map((label, index) =>
          kinds[index] === 'ADD' ? { ...label, change: 'ADD' } : changeOf(label, picked),
        );
        const explicitly_set_keys = Object.keys(parts).filter((_, index) => (picked >> index) % 2 === 0);
        const row = { ...parts, task_id: 'f', change: 'MODIFY', explicitly_set_keys };
        expect(readBack(row, { crops: { label_data }, context: withMasks(FRAMES) })).toMatchObject({
          op: 'patch',
          if_missing: 'skip',
        });
      }),
      { numRuns: 300 },
    );
  });

  it('of inferences is a legal item', () => {
    fc.assert(
      fc.property(labelRows, hostileJson, (inference_data, metadata) => {
        const row = {
          ...frameRow(),
          inference_data,
          inference_metadata: { user_metadata: { text: JSON.stringify(String(metadata)), nested: [[1]] } },
        };
        expect(readBack(row, { context: withMasks(INFERENCES) })).toMatchObject({ op: 'put', frame_id: 'f1' });
      }),
      { numRuns: 300 },
    );
  });

  it('is the same line each time, by which a repeated upload is known', () => {
    const line = (row: JsonObject): unknown => lineOfRow(row, cropRow(labelRow()), NO_VECTORS, FRAMES);
    expect(line(frameRow())).toEqual(line(JSON.parse(JSON.stringify(frameRow()))));
  });
});

/** Some of a label's attributes, others null, as a change of it has them. */
function changeOf(label: JsonObject, picked: number): JsonObject {
  const attributes = Object.entries(label.attributes as JsonObject).map(([key, value], index): [string, Json] => [
    key,
    (picked >> index) % 2 === 0 && key !== 'asset_uuid' ? null : value,
  ]);
  return { ...label, change: 'MODIFY', attributes: Object.fromEntries(attributes) };
}

describe('any other row', () => {
  it('never throws, and never reaches a prototype', () => {
    fc.assert(
      fc.property(hostileJson, hostileJson, fc.constantFrom(FRAMES, INFERENCES), (value, labels, context) => {
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        const row = isObject ? Object.assign(frameRow(), value) : value;
        const crops = { label_data: Array.isArray(labels) ? labels.map((label) => spread(label)) : labels };
        const read = readBack(row, { crops, context });
        expect('op' in read || 'code' in read).toBe(true);
        expect(({} as JsonObject).x).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['user__k', 'custom_metrics', 'geo_data', 'label_data', 'coordinate_frames', 'inference_metadata'])(
    'nested too deep in %s fails',
    (key) => {
      const deep = JSON.parse(`${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}`) as Json;
      const value: Json =
        key === 'label_data' ? [labelRow({ attributes: { user__deep: deep } })] : { user_metadata: { deep }, deep };
      for (const context of [FRAMES, INFERENCES]) {
        const read = readBack({ ...frameRow(), [key]: value }, { context });
        expect(read).toMatchObject('code' in read ? { code: expect.any(String) } : { op: 'put' });
      }
    },
  );
});

function spread(label: Json): Json {
  return typeof label === 'object' && label !== null && !Array.isArray(label)
    ? Object.assign(labelRow(), label)
    : label;
}
