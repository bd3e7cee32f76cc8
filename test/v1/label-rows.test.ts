import { failureOf, FRAMES, itemOf, PUBLIC_URL, readBack } from './translate';
import { cropRow, frameRow, labelRow, legacyLabelRow } from './rows';
import type { JsonObject } from '../../domain/json';

const labelOf = (label: JsonObject, masks?: Map<string, string>): JsonObject => {
  const { frame } = itemOf(frameRow(), { crops: cropRow(label), context: { ...FRAMES, masks } });
  return ((frame as JsonObject).labels as JsonObject[])[0]!;
};

describe('a label', () => {
  it.each([
    ['BBOX_2D', { top: 1, left: 2, width: 3, height: 4, area: 12.5 }],
    ['LINE_SEGMENT_2D', { x1: 1, y1: 2, x2: 3.5, y2: 4 }],
    ['KEYPOINTS_2D', { keypoints: [{ x: 1, y: 2, name: 'eye' }], top: 1, left: 2, width: 3, height: 4 }],
    [
      'POLYGON_LIST_2D',
      {
        polygons: [
          {
            vertices: [
              [1, 2],
              [3, 4.5],
            ],
          },
        ],
        center: null,
      },
    ],
    [
      'CUBOID_3D',
      { pos_x: 1, pos_y: 2, pos_z: 3, dim_x: 1, dim_y: 1, dim_z: 1, rot_x: 0, rot_y: 0, rot_z: 0, rot_w: 1 },
    ],
    ['TEXT_TOKEN', { index: 0, token: 'a', visible: true }],
  ])('of type %s has the attributes of its type as geometry', (label_type, attributes) => {
    const row = labelRow({ label_type, attributes: { ...attributes, confidence: 0.5, iscrowd: true, user__q: NaN } });
    expect(labelOf(row)).toMatchObject({
      type: label_type,
      geometry: attributes,
      confidence: 0.5,
      iscrowd: true,
      metadata: { q: NaN },
    });
    expect(readBack(frameRow(), { crops: cropRow(row) })).toMatchObject({
      op: 'put',
      content: { labels: [{ metadata: { q: NaN } }] },
    });
  });

  it('that is a classification has other attributes as secondary labels', () => {
    const attributes = { confidence: 0.25, colour: 'red', iscrowd: 'perhaps', user__n: null };
    expect(labelOf(labelRow({ label_type: 'CLASSIFICATION_2D', attributes }))).toMatchObject({
      confidence: 0.25,
      secondary: { colour: 'red', iscrowd: 'perhaps' },
      metadata: { n: null },
    });
  });

  it('has links by their names', () => {
    const linked = legacyLabelRow({
      attributes: { top: 1, left: 1, width: 1, height: 1, link__next: 'b2' },
      linked_labels: ['b3'],
    });
    expect(labelOf(linked).links).toEqual({ next: 'b2', linked_labels: ['b3'] });
  });

  it('that is a mask has no class, and a link', () => {
    const attributes = { url: `${PUBLIC_URL}/objects/m`, resize_mode: null };
    const mask = labelRow({ label: '__mask', class_id: null, label_type: 'SEMANTIC_LABEL_URL_2D', attributes });
    expect(labelOf(mask)).toEqual({
      label_id: 'b1',
      type: 'SEMANTIC_LABEL_URL_2D',
      sensor_id: 'DEFAULT',
      geometry: { url: '/objects/m', resize_mode: null },
    });
  });

  it('whose mask came as an asset links to where it lies', () => {
    const attributes = { asset_uuid: 'u1', resize_mode: 'fill' };
    const mask = legacyLabelRow({ label: '__mask', label_type: 'INSTANCE_LABEL_ASSET_2D', attributes });
    expect(labelOf(mask, new Map([['u1', `${PUBLIC_URL}/objects/o1`]]))).toMatchObject({
      type: 'INSTANCE_LABEL_URL_2D',
      geometry: { url: '/objects/o1', resize_mode: 'fill' },
    });
    expect(failureOf(frameRow(), { crops: cropRow(mask) })).toEqual({
      code: 'invalid_value',
      message: 'Expected the mask "u1" in the upload\'s asset files, but none of them has it',
      path: 'label_data[0].attributes.asset_uuid',
      label_id: 'b1',
    });
  });

  it('that is an instance has its own attributes with and without prefix', () => {
    const instance = { uuid: 'm_1', label_type: 'INSTANCE_LABEL_2D' };
    const expected = { geometry: { id: 1, resize_mode: 'fill' }, metadata: { standing: true } };
    const geometry = { id: 1, resize_mode: 'fill' };
    expect(labelOf(labelRow({ ...instance, attributes: { ...geometry, user__standing: true } }))).toMatchObject(
      expected,
    );
    expect(labelOf(legacyLabelRow({ ...instance, attributes: { ...geometry, standing: true } }))).toMatchObject(
      expected,
    );
  });

  it.each([
    ['a box on a sensor', labelRow(), { sensor_id: 'DEFAULT' }],
    ['a cuboid in a coordinate frame', labelRow({ label_type: 'CUBOID_3D' }), { coordinate_frame_id: 'DEFAULT' }],
    [
      'a 3D classification of 1.0.7 on a sensor',
      labelRow({ label_type: 'CLASSIFICATION_3D' }),
      { sensor_id: 'DEFAULT' },
    ],
    [
      'a 3D classification of 0.0.61 in a coordinate frame',
      legacyLabelRow({ label_type: 'CLASSIFICATION_3D', label_coordinate_frame: 'world' }),
      { coordinate_frame_id: 'world' },
    ],
  ])('stands, as %s', (_, row, place) => {
    const { sensor_id, coordinate_frame_id } = labelOf(row);
    expect({ sensor_id, coordinate_frame_id }).toEqual({
      sensor_id: undefined,
      coordinate_frame_id: undefined,
      ...place,
    });
  });

  it('without a place stands on the only sensor', () => {
    expect(labelOf(labelRow({ label_coordinate_frame: null })).sensor_id).toBe('DEFAULT');
  });

  it.each([
    ['no object', 'x', { code: 'invalid_value', path: 'label_data[1]' }],
    [
      'attributes that are no object',
      labelRow({ uuid: 'b2', attributes: [] }),
      { path: 'label_data[1].attributes', label_id: 'b2' },
    ],
    [
      'an unknown change',
      labelRow({ uuid: 'b2', change: 'MOVE' }),
      { code: 'invalid_value', path: 'label_data[1].change' },
    ],
    [
      'the prototype as a key',
      labelRow({ uuid: 'b2', attributes: { user____proto__: 1 } }),
      { code: 'invalid_key', path: 'label_data[1]', label_id: 'b2' },
    ],
  ])('fails for %s', (_, label, failure) => {
    expect(failureOf(frameRow(), { crops: cropRow(labelRow(), label) })).toMatchObject(failure);
  });

  it.each([
    [
      'a class that the project has not',
      labelRow({ label: 'cow' }),
      { code: 'unknown_class', path: 'labels[0].class', label_id: 'b1' },
    ],
    [
      'an attribute of another type',
      labelRow({ attributes: { x1: 1 } }),
      { code: 'unknown_field', path: 'labels[0].geometry.x1' },
    ],
    ['an unknown type', labelRow({ label_type: 'BLOB' }), { code: 'invalid_value', path: 'labels[0].type' }],
    ['no id', labelRow({ uuid: null }), { code: 'missing_field', path: 'labels[0].label_id' }],
  ])('with %s fails as the native item does', (_, label, failure) => {
    expect(readBack(frameRow(), { crops: cropRow(label) })).toMatchObject(failure);
  });
});
