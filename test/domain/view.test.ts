import fc from 'fast-check';
import { changeView, exportItem, frameView, labelView } from '../../domain/view';
import { good, put } from '../support/read';
import { rawFrame } from '../support/arbitraries';
import type { FrameContent, StoredLabel } from '../../domain/frame';
import type { Json } from '../../domain/json';

/** The example of the API's description. */
const EXAMPLE = {
  frame_id: 'BloodImage_00001',
  date_captured: '2026-01-01T00:00:00Z',
  device_id: 'scope-1',
  sensor_data: [{ sensor_id: 'DEFAULT', type: 'IMAGE', url: 'https://h/1.jpg', width: 640, height: 480 }],
  metadata: { n_cells: 12, split: 'train', tags: ['a', 'b'] },
  custom_metrics: {},
  geo: { lat: 0, lon: 0 },
  labels: [
    {
      label_id: 'b1-0',
      type: 'BBOX_2D',
      class: 'WBC',
      geometry: { left: 68, top: 315, width: 218, height: 165 },
      metadata: { truncated: true },
    },
  ],
  embedding: [0.1, 0.2],
};

function stored(content: FrameContent, since: number): FrameContent<StoredLabel> {
  const { labels, ...rest } = content;
  return labels === undefined ? rest : { ...rest, labels: labels.map((label) => ({ ...label, since })) };
}

describe('a frame as reads show it', () => {
  const { content, vectors } = put(EXAMPLE.frame_id, EXAMPLE);
  const context = { version: 3, dataset_version: 5, hash: 'abc' };

  it('has the fields of a write in the same order, and what the store adds', () => {
    const view = frameView(EXAMPLE.frame_id, stored(content, 2), { ...context, embeddings: vectors });
    const labels = [{ ...EXAMPLE.labels[0], since: 2 }];
    expect(JSON.stringify(view)).toBe(
      JSON.stringify({ ...EXAMPLE, labels, version: 3, dataset_version: 5, hash: 'abc' }),
    );
  });

  it('leaves embeddings out unless they are given', () => {
    expect(frameView(EXAMPLE.frame_id, stored(content, 2), context)).not.toHaveProperty('embedding');
  });

  it('always has its lists and free objects', () => {
    expect(frameView('f', {}, context)).toEqual({
      frame_id: 'f',
      sensor_data: [],
      metadata: {},
      custom_metrics: {},
      labels: [],
      ...context,
    });
  });

  it('shows urls when there is more than the first key, or a text', () => {
    const sensors: Json = [
      { sensor_id: 'a', type: 'IMAGE', urls: { image_url: 'i', preview_url: 'p' } },
      { sensor_id: 'b', type: 'POINTCLOUD', urls: { kitti_format_url: 'k' } },
      { sensor_id: 'c', type: 'TEXT', urls: { text: 'words' } },
    ];
    expect(frameView('f', put('f', { sensor_data: sensors }).content as never, context).sensor_data).toEqual(sensors);
    expect(changeView({ path: 'sensor_data', new: sensors })).toEqual({ path: 'sensor_data', new: sensors });
  });

  it('writes NaN and infinities as texts and keeps bigints, without touching the stored content', () => {
    const free = { custom_metrics: { a: [NaN, 1n << 60n], b: { c: -Infinity } } };
    const frozen = put('f', free).content;
    expect(frameView('f', frozen as never, context).custom_metrics).toEqual({
      a: ['NaN', 2 ** 60],
      b: { c: '-Infinity' },
    });
    expect(frozen.custom_metrics).toEqual({ a: [NaN, 2 ** 60], b: { c: -Infinity } });
    expect(changeView({ path: 'custom_metrics.a', old: NaN, new: 9007199254740993n })).toEqual({
      path: 'custom_metrics.a',
      old: 'NaN',
      new: 9007199254740993n,
    });
  });

  it('shows the vector of a label with its model', () => {
    const label = {
      label_id: 'a',
      type: 'CLASSIFICATION_2D',
      class: 'WBC',
      embedding: { model: 'clip', vector: [0.5] },
    };
    const read = put('f', { labels: [label] });
    expect(labelView(read.content.labels![0]!, read.vectors.labels.get('a'))).toEqual({ ...label, geometry: {} });
  });
});

describe('an exported frame', () => {
  it('can be submitted again and is the same item, whatever it holds', () => {
    fc.assert(
      fc.property(rawFrame, (frame) => {
        const item = put('f', frame);
        const again = good(exportItem('f', stored(item.content, 3), item.vectors));
        expect(again).toEqual(item);
        expect(Object.keys('content' in again ? again.content : {})).toEqual(Object.keys(item.content));
      }),
      { numRuns: 300 },
    );
  });
});
