import { box, inFrame, inLabel, itFailsOn } from '../support/failure-cases';
import { put } from '../support/read';
import type { Json } from '../../domain/json';

const geometry = (change: Record<string, Json>): Json =>
  inLabel(box({ geometry: { left: 1, top: 2, width: 3, height: 4, ...change } }));
const inPatch = (content: Json): Json => ({ op: 'patch', frame_id: 'f', frame: content });

describe('a label fails on', () => {
  itFailsOn([
    ['labels that are no list', inFrame({ labels: {} }), 'invalid_value', 'labels', /Expected a list/],
    ['a label that is no object', inLabel(3), 'invalid_value', 'labels[1]', /Expected an object, got 3/],
    ['a label without id', inLabel(box({ label_id: null })), 'missing_field', 'labels[1].label_id', /Expected an id/],
    ['an unknown field of a label', inLabel(box({ klass: 'x' })), 'unknown_field', 'labels[1].klass', /"klass"/],
    ['since in a label', inLabel(box({ since: 3 })), 'unknown_field', 'labels[1].since', /reads add it/],
    ['no label type', inLabel(box({ type: null })), 'missing_field', 'labels[1].type', /Expected a label type/],
    [
      'a label type of another name',
      inLabel(box({ type: 'BOX' })),
      'invalid_value',
      'labels[1].type',
      /BBOX_2D, .*"BOX"/,
    ],
    [
      'an unknown class',
      inLabel(box({ class: 'car' })),
      'unknown_class',
      'labels[1].class',
      /RBC, WBC, Platelets.*"car"/,
    ],
    ['a number as class', inLabel(box({ class: 1 })), 'invalid_value', 'labels[1].class', /name of a class/],
    [
      'no class',
      inLabel(box({ class: null })),
      'missing_field',
      'labels[1].class',
      /Expected a class on a label of type BBOX_2D/,
    ],
    [
      'a class on a mask',
      inLabel(box({ type: 'SEMANTIC_LABEL_URL_2D', geometry: { url: 'u' } })),
      'invalid_value',
      'labels[1].class',
      /no class/,
    ],
    [
      'a confidence over 1',
      inLabel(box({ confidence: 1.01 })),
      'invalid_number',
      'labels[1].confidence',
      /from 0 to 1/,
    ],
    ['a confidence of NaN', inLabel(box({ confidence: NaN })), 'invalid_number', 'labels[1].confidence', /from 0 to 1/],
    ['a text for a flag', inLabel(box({ iscrowd: 'yes' })), 'invalid_value', 'labels[1].iscrowd', /true or false/],
    ['an empty sensor id', inLabel(box({ sensor_id: '' })), 'invalid_id', 'labels[1].sensor_id', /empty/],
    [
      'a label id twice in a row',
      inFrame({ labels: [box(), box()] }),
      'duplicate_label_id',
      'labels[1].label_id',
      /"b1" is used twice/,
    ],
    [
      'a label id twice',
      inFrame({ labels: [box(), box({ label_id: 'a' }), box()] }),
      'duplicate_label_id',
      'labels[2].label_id',
      /labels\[0\]/,
    ],
    [
      'a negative width',
      geometry({ width: -3 }),
      'invalid_number',
      'labels[1].geometry.width',
      /number of pixels >= 0, got -3/,
    ],
    ['a height of NaN', geometry({ height: NaN }), 'invalid_number', 'labels[1].geometry.height', /got NaN/],
    ['a text for a side', geometry({ left: '1' }), 'invalid_value', 'labels[1].geometry.left', /the text "1"/],
    ['no top', geometry({ top: null }), 'missing_field', 'labels[1].geometry.top', /Expected a number of pixels/],
    ['a key of another geometry', geometry({ x1: 3 }), 'unknown_field', 'labels[1].geometry.x1', /left, top/],
    ['no geometry', inLabel(box({ geometry: null })), 'missing_field', 'labels[1].geometry', /Expected an object/],
  ]);
});

describe('an embedding fails on', () => {
  itFailsOn([
    ['an empty vector', inFrame({ embedding: [] }), 'invalid_value', 'embedding', /at least one/],
    ['NaN in a vector', inFrame({ embedding: [1, NaN] }), 'invalid_number', 'embedding[1]', /32-bit float, got NaN/],
    [
      'a vector value too large for 32 bits',
      inFrame({ embedding: { vector: [1e39] } }),
      'invalid_number',
      'embedding.vector[0]',
      /32-bit/,
    ],
    [
      'a text in a vector',
      inLabel(box({ embedding: ['1'] })),
      'invalid_value',
      'labels[1].embedding[0]',
      /the text "1"/,
    ],
    [
      'a vector without values',
      inFrame({ embedding: { model: 'clip' } }),
      'missing_field',
      'embedding.vector',
      /list of numbers/,
    ],
    [
      'a number for a model',
      inFrame({ embedding: { model: 3, vector: [1] } }),
      'invalid_value',
      'embedding.model',
      /Expected a text/,
    ],
    ['a text for an embedding', inFrame({ embedding: 'x' }), 'invalid_value', 'embedding', /\{model, vector\}/],
  ]);
});

describe('the label changes of a patch fail on', () => {
  itFailsOn([
    ['a list for the labels of a patch', inPatch({ labels: [] }), 'invalid_value', 'labels', /upsert/],
    [
      'an unknown label change',
      inPatch({ labels: { remove: [] } }),
      'unknown_field',
      'labels.remove',
      /upsert, merge, delete/,
    ],
    [
      'a bad label in a patch',
      inPatch({ labels: { upsert: [box({ class: 'car' })] } }),
      'unknown_class',
      'labels.upsert[0].class',
      /"car"/,
    ],
    [
      'an unknown class in a merge',
      inPatch({ labels: { merge: [{ label_id: 'a', class: 'car' }] } }),
      'unknown_class',
      'labels.merge[0].class',
      /"car"/,
    ],
    [
      'NaN in a merged geometry',
      inPatch({ labels: { merge: [{ label_id: 'a', geometry: { left: NaN } }] } }),
      'invalid_number',
      'labels.merge[0].geometry.left',
      /finite/,
    ],
    [
      'a label in two lists',
      inPatch({ labels: { upsert: [box()], delete: ['b1'] } }),
      'duplicate_label_id',
      'labels.delete[0]',
      /named twice/,
    ],
    [
      'a label deleted twice',
      inPatch({ labels: { delete: ['a', 'a'] } }),
      'duplicate_label_id',
      'labels.delete[1]',
      /named twice/,
    ],
  ]);
});

it('accepts boxes of no size and boxes that start left of or above the image', () => {
  const { content } = put('f', { labels: [box({ geometry: { left: -5, top: -0.5, width: 0, height: 0, area: 0 } })] });
  expect(content.labels![0]!.geometry).toEqual({ left: -5, top: -0.5, width: 0, height: 0, area: 0 });
});
