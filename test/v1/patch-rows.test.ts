import { failureOf, itemOf, readBack } from './translate';
import { cropRow, frameRow, labelRow, sensorRow } from './rows';
import type { JsonObject } from '../../domain/json';

const modified = (explicitly_set_keys: string[], more: JsonObject = {}): JsonObject =>
  frameRow({
    change: 'MODIFY',
    explicitly_set_keys,
    previously_written_window: null,
    reuse_latest_embedding: true,
    ...more,
  });

describe('a modified frame', () => {
  it('changes what it names, and nothing else', () => {
    const row = modified(['reuse_latest_embedding', 'user__s', 'device_id', 'user_metadata_types'], {
      user__s: 'new',
      user__t: 'not named',
      user_metadata_types: { user__s: 'str', user__t: 'str' },
      user_metadata_modes: { user__s: 'scalar' },
    });
    expect(itemOf(row, { crops: cropRow() })).toEqual({
      op: 'patch',
      if_missing: 'skip',
      frame_id: 'f1',
      frame: { device_id: 'dev1', metadata: { s: 'new' } },
      metadata_types: { s: 'STRING' },
      non_finite: 'tokens',
    });
  });

  it('replaces named parts whole, and removes what it names without a value', () => {
    const row = modified(['sensor_data', 'coordinate_frames', 'geo_data', 'user__gone', 'date_captured'], {
      coordinate_frames: [],
      user__gone: null,
    });
    expect(itemOf(row).frame).toEqual({
      date_captured: '2024-01-02T03:04:05+00:00',
      sensor_data: [expect.objectContaining({ sensor_id: 'DEFAULT' })],
      coordinate_frames: null,
      geo: null,
      metadata: { gone: null },
    });
  });

  it('brings a vector of its own', () => {
    const row = modified(['embedding'], { reuse_latest_embedding: false });
    const vectors = { frame: Float32Array.of(1, 2), labels: new Map<string, Float32Array>() };
    expect(itemOf(row, { vectors }).frame).toEqual({ embedding: [1, 2] });
    expect(itemOf(row).frame).toEqual({});
  });

  it('adds labels, merges what is set of others, and leaves out nulls', () => {
    const polygons = {
      uuid: 'p',
      label_type: 'POLYGON_LIST_2D',
      attributes: { polygons: null, center: [1, 2], user__u: null },
    };
    const changes = { change: 'MODIFY', reuse_latest_embedding: true };
    const crops = cropRow(
      labelRow({ uuid: 'new', label_coordinate_frame: null }),
      { uuid: 'b1', label_type: 'BBOX_2D', label: 'dog', class_id: 1, attributes: { top: 9 }, ...changes },
      { ...polygons, ...changes },
    );
    const item = itemOf(modified([], { sensor_data: [] }), { crops });
    expect(item.frame).toEqual({
      labels: {
        upsert: [
          { label_id: 'new', type: 'BBOX_2D', class: 'cat', geometry: { top: 1, left: 2.5, width: 3, height: 4 } },
        ],
        merge: [
          { label_id: 'b1', type: 'BBOX_2D', class: 'dog', geometry: { top: 9 } },
          { label_id: 'p', type: 'POLYGON_LIST_2D', geometry: { center: [1, 2] } },
        ],
      },
    });
    expect(readBack(modified([], { sensor_data: [] }), { crops })).toMatchObject({ op: 'patch' });
  });

  it('puts a label without a place on its only sensor', () => {
    const crops = cropRow(labelRow({ label_coordinate_frame: null }));
    const upsert = [expect.objectContaining({ sensor_id: 'left' })];
    expect(itemOf(modified([], { sensor_data: [sensorRow({ sensor_id: 'left' })] }), { crops }).frame).toEqual({
      labels: { upsert },
    });
    const two = [sensorRow({ sensor_id: 'left' }), sensorRow({ sensor_id: 'right' })];
    expect(itemOf(modified([], { sensor_data: two }), { crops })).not.toHaveProperty('frame.labels.upsert.0.sensor_id');
  });

  it('gives a merged label its vector, unless the stored one is to be used again', () => {
    const vectors = {
      labels: new Map([
        ['b1', Float32Array.of(1, 2)],
        ['b2', Float32Array.of(0, 0)],
      ]),
    };
    const merge = (uuid: string, reuse: boolean): JsonObject => ({
      uuid,
      label_type: 'BBOX_2D',
      attributes: {},
      change: 'MODIFY',
      reuse_latest_embedding: reuse,
    });
    const item = itemOf(modified([]), { crops: cropRow(merge('b1', false), merge('b2', true)), vectors });
    expect(item.frame).toEqual({
      labels: {
        merge: [
          { label_id: 'b1', type: 'BBOX_2D', embedding: [1, 2] },
          { label_id: 'b2', type: 'BBOX_2D' },
        ],
      },
    });
  });

  it('keeps the vectors of whole labels that say nothing of them, as version 0.0.67 sends', () => {
    const { reuse_latest_embedding: _, ...label } = labelRow();
    const upsert = [expect.objectContaining({ label_id: 'b1', embedding: 'keep' })];
    expect(itemOf(modified(['user__s'], { user__s: 'x' }), { crops: cropRow(label) }).frame).toMatchObject({
      labels: { upsert },
    });
  });

  it('leaves the class of an instance that is changed without one, as version 0.0.67 sends', () => {
    const instance = { uuid: 'm_1', linked_labels: [], label: '', label_type: 'INSTANCE_LABEL_2D', change: 'MODIFY' };
    const crops = cropRow({ ...instance, attributes: { standing: true, id: 1 }, reuse_latest_embedding: true });
    const merge = [{ label_id: 'm_1', type: 'INSTANCE_LABEL_2D', geometry: { id: 1 }, metadata: { standing: true } }];
    expect(itemOf(modified([]), { crops }).frame).toEqual({ labels: { merge } });
  });

  it('deletes a label where it says so', () => {
    expect(itemOf(modified([]), { crops: cropRow(labelRow({ change: 'DELETE' })) }).frame).toEqual({
      labels: { delete: ['b1'] },
    });
  });

  it('fails without the keys that it sets', () => {
    const { explicitly_set_keys: _, ...row } = modified([]);
    expect(failureOf(row)).toMatchObject({ code: 'missing_field', path: 'explicitly_set_keys' });
    expect(failureOf({ ...row, explicitly_set_keys: 'device_id' })).toMatchObject({
      code: 'invalid_value',
      path: 'explicitly_set_keys',
    });
  });
});

describe('any other row', () => {
  it('that deletes a frame is a delete', () => {
    const row = frameRow({ change: 'DELETE', coordinate_frames: [], sensor_data: [], reuse_latest_embedding: true });
    expect(itemOf(row, { crops: cropRow() })).toEqual({ op: 'delete', frame_id: 'f1' });
  });

  it.each([
    ['without an id', frameRow({ task_id: null }), { code: 'missing_field', path: 'task_id' }],
    ['with an id that is none', frameRow({ task_id: 'a/b' }), { code: 'invalid_id', path: 'task_id' }],
    ['with an unknown change', frameRow({ change: 'REPLACE' }), { code: 'invalid_value', path: 'change' }],
    [
      'with an unknown metadata type',
      frameRow({ user__k: 1, user_metadata_types: { user__k: 'complex' } }),
      { path: 'user_metadata_types.user__k' },
    ],
    ['that is no object', 'row', { code: 'invalid_value' }],
    ['with a flag that is none', frameRow({ reuse_latest_embedding: 'no' }), { path: 'reuse_latest_embedding' }],
  ])('%s fails', (_, row, failure) => {
    expect(failureOf(row)).toMatchObject(failure);
  });
});
