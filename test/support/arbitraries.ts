import fc from 'fast-check';
import type { Json, JsonObject } from '../../domain/json';

export const CLASSES = ['RBC', 'WBC', 'Platelets'];

/** Few ids, so that random histories meet the same frames and labels again; one pair sorts otherwise in UTF-16. */
export const frameIds = fc.constantFrom('a', 'b', 'c', 'ä', '\u{ff5e}', '\u{1f600}');
export const labelIds = fc.constantFrom('l1', 'l10', 'l2', '\u{ff5e}x', '\u{1f600}x');

const numbers = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
const sizes = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 1e6, noNaN: true }));
const texts = fc.oneof(fc.constantFrom('train', 'null', ''), fc.string({ unit: 'grapheme', maxLength: 6 }));
const longIntegers = fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 63n - 1n }).map((value) => value | 1n);
const keys = fc.constantFrom('split', 'n', '10', '9', 'constructor', 'toString', 'ключ', 'Z', 'a');

const named = fc.constantFrom('NaN', 'Infinity', '-Infinity');

/** Free JSON as label metadata may hold it. */
export const freeJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(texts, numbers, fc.boolean(), fc.constant(null), longIntegers, named),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(keys, tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).json;

const freeObject = fc.dictionary(keys, freeJson, { minKeys: 1, maxKeys: 3, noNullPrototype: true });

const strictObject = fc.dictionary(keys, fc.oneof(texts, numbers, fc.boolean()), {
  minKeys: 1,
  maxKeys: 3,
  noNullPrototype: true,
});

/** One type per field, so that any two frames may stand in one dataset. */
export const metadata: fc.Arbitrary<JsonObject> = fc.record(
  {
    split: texts,
    n: fc.oneof(numbers, longIntegers),
    ok: fc.boolean(),
    '10': numbers,
    tags: fc.array(texts, { minLength: 1, maxLength: 3 }),
    constructor: texts,
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;

const vector = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 });
export const embedding: fc.Arbitrary<Json> = fc.oneof(vector, fc.record({ model: fc.constant('clip'), vector }));

const box = fc.record({ left: numbers, top: numbers, width: sizes, height: sizes });
const polygons = fc.record({
  polygons: fc.array(fc.record({ vertices: fc.array(fc.tuple(numbers, numbers), { maxLength: 3 }) }), { maxLength: 2 }),
});

const kinds: fc.Arbitrary<JsonObject> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('BBOX_2D'), class: fc.constantFrom(...CLASSES), geometry: box }),
  },
  fc.record({ type: fc.constant('POLYGON_LIST_2D'), class: fc.constantFrom(...CLASSES), geometry: polygons }),
  fc.record({ type: fc.constant('CLASSIFICATION_2D'), class: fc.constantFrom(...CLASSES), secondary: strictObject }),
  fc.record({ type: fc.constant('SEMANTIC_LABEL_URL_2D'), geometry: fc.record({ url: fc.constant('s3://m/1.png') }) }),
) as fc.Arbitrary<JsonObject>;

const labelExtras = fc.record(
  {
    sensor_id: fc.constantFrom('DEFAULT', 'left'),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    iscrowd: fc.boolean(),
    links: strictObject,
    metadata: freeObject,
    embedding,
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** A whole label as a writer sends it. */
export const rawLabel: fc.Arbitrary<JsonObject> = fc
  .tuple(labelIds, kinds, labelExtras)
  .map(([label_id, kind, extras]) => ({ label_id, ...kind, ...extras }) as JsonObject);

export const rawLabels = fc.uniqueArray(rawLabel, { maxLength: 4, selector: (label) => label.label_id });

const sensor: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record(
    {
      type: fc.constant('IMAGE'),
      url: fc.constantFrom('http://h/1.jpg', 'gs://b/2.png'),
      width: sizes,
      metadata: strictObject,
    },
    { requiredKeys: ['type', 'url'], noNullPrototype: true },
  ),
  fc.record({ type: fc.constant('TEXT'), urls: fc.record({ text: fc.constantFrom('a text', 'another') }) }),
  fc.record({
    type: fc.constant('IMAGE'),
    urls: fc.record({ image_url: fc.constant('http://h/1.jpg'), preview_url: fc.constant('http://h/2.jpg') }),
  }),
) as fc.Arbitrary<JsonObject>;

/** The parts of a frame that a patch replaces whole, never empty. */
export const frameParts: fc.Arbitrary<JsonObject> = fc.record(
  {
    date_captured: fc.constantFrom('2026-01-01T00:00:00Z', 'yesterday'),
    device_id: texts,
    sensor_data: sensor.map((one) => [{ sensor_id: 'DEFAULT', ...one }]),
    coordinate_frames: fc.constantFrom<Json[]>([{ id: 'world', type: 'WORLD' }]),
    geo: fc.record({ lat: numbers, lon: numbers }),
    custom_metrics: freeObject,
    embedding,
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;

/** A whole frame as a writer sends it. */
export const rawFrame: fc.Arbitrary<JsonObject> = fc
  .tuple(frameParts, metadata, rawLabels)
  .map(([parts, fields, labels]) => ({ ...parts, metadata: fields, labels }));
