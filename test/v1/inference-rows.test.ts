import { failureOf, INFERENCES, itemOf, PUBLIC_URL, readBack } from './translate';
import { frameRow, labelRow, legacyLabelRow } from './rows';
import type { JsonObject } from '../../domain/json';

const context = INFERENCES;
const inference = labelRow({ attributes: { top: 1, left: 2, width: 3, height: 4, confidence: 0.5, user__q: 1 } });
const row = (more: JsonObject = {}): JsonObject => ({
  ...frameRow(),
  custom_metrics: {
    loss: NaN,
    cm: [
      [1, 2],
      [3, 4],
    ],
  },
  inference_metadata: { user_metadata: { model: 'v1', nested: { a: [1, null] }, mixed: [1, 'a'], list: ['a', 'b'] } },
  inference_data: [inference],
  label_data: [inference],
  ...more,
});

describe('a row of inferences', () => {
  it('of version 1.0.7 is its labels, metrics and metadata, without the placeholders of the frame', () => {
    expect(itemOf(row(), { context })).toEqual({
      op: 'put',
      frame_id: 'f1',
      frame: {
        metadata: { model: 'v1', nested: '{"a":[1,null]}', mixed: '[1,"a"]', list: ['a', 'b'] },
        custom_metrics: {
          loss: NaN,
          cm: [
            [1, 2],
            [3, 4],
          ],
        },
        labels: [
          {
            label_id: 'b1',
            type: 'BBOX_2D',
            class: 'cat',
            sensor_id: 'DEFAULT',
            geometry: { top: 1, left: 2, width: 3, height: 4 },
            confidence: 0.5,
            metadata: { q: 1 },
          },
        ],
      },
      non_finite: 'tokens',
    });
    expect(readBack(row(), { context })).toMatchObject({ op: 'put', content: { custom_metrics: { loss: NaN } } });
  });

  it('of version 0.0.61 also has visualization assets', () => {
    const attributes = { top: 1, left: 1, width: 1, height: 1, confidence: 0.5, area: 3 };
    const legacy = {
      task_id: 'f1',
      type: 'Inference',
      custom_metrics: {},
      inference_metadata: { visualization_assets: { im: `${PUBLIC_URL}/objects/a` }, user_metadata: { k: 'v' } },
      inference_data: [legacyLabelRow({ attributes })],
      reuse_latest_embedding: false,
      change: 'ADD',
    };
    expect(itemOf(legacy, { context }).frame).toMatchObject({
      metadata: { k: 'v', visualization_assets: '{"im":"/objects/a"}' },
      labels: [{ geometry: { area: 3 }, confidence: 0.5 }],
    });
    expect(itemOf({ ...legacy, change: 'DELETE', inference_data: [] }, { context })).toEqual({
      op: 'delete',
      frame_id: 'f1',
    });
  });

  it('has the vectors that were found for it, and keeps those that it says are to be kept', () => {
    const vectors = { frame: Float32Array.of(1, 2), labels: new Map([['b1', Float32Array.of(3, 4)]]) };
    expect(itemOf(row(), { context, vectors }).frame).toMatchObject({
      embedding: [1, 2],
      labels: [{ embedding: [3, 4] }],
    });
    expect(itemOf(row({ reuse_latest_embedding: true }), { context, vectors }).frame).toMatchObject({
      embedding: 'keep',
    });
  });

  it.each([
    ['a change of the frame', { change: 'MODIFY' }, { code: 'invalid_value', path: 'change' }],
    [
      'metadata that is no object',
      { inference_metadata: { user_metadata: 3 } },
      { path: 'inference_metadata.user_metadata' },
    ],
    ['labels that are no list', { inference_data: {} }, { path: 'inference_data' }],
    [
      'a field in the place of its assets',
      { inference_metadata: { user_metadata: { visualization_assets: 1 }, visualization_assets: { a: 'u' } } },
      { code: 'invalid_key', path: 'inference_metadata.user_metadata.visualization_assets' },
    ],
  ])('fails for %s', (_, more, failure) => {
    expect(failureOf(row(more), { context })).toMatchObject(failure);
  });
});
