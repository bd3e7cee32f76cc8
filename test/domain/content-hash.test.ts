import fc from 'fast-check';
import { addHash, EMPTY_HASH, frameHash, HashSum, subtractHash } from '../../domain/content-hash';
import { canonicalJson } from '../../domain/canonical-json';
import { frameIds, rawFrame } from '../support/arbitraries';
import { hashFrame } from '../support/sha256';
import { put } from '../support/read';
import { stable } from '../support/naive-history';
import type { Json } from '../../domain/json';

const hashOf = (frame: Json): string => hashFrame('f', put('f', frame).content);

const hashes = fc.array(fc.stringMatching(/^[0-9a-f]{64}$/), { maxLength: 8 });

describe('the hash of a frame', () => {
  it('is equal exactly when id and content are', () => {
    fc.assert(
      fc.property(frameIds, rawFrame, frameIds, rawFrame, fc.boolean(), (idA, frameA, idB, other, same) => {
        const frameB = same ? (structuredClone(frameA) as Json) : other;
        const a = put(idA, frameA);
        const b = put(idB, frameB);
        const equal = idA === idB && stable(a.content as Json) === stable(b.content as Json);
        expect(hashFrame(idA, a.content) === hashFrame(idB, b.content)).toBe(equal);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, Json, Json]>([
    ['1 and 1.0', { metadata: { n: 1 } }, JSON.parse('{"metadata":{"n":1.0}}') as Json],
    ['-0 and 0', { metadata: { n: -0 } }, { metadata: { n: 0 } }],
    ['an integer read with and without loss', { metadata: { n: 7n } }, { metadata: { n: 7 } }],
    ['the order of keys', { metadata: { a: 1, b: 2 } }, { metadata: { b: 2, a: 1 } }],
    ['absent, null and empty parts', {}, { metadata: {}, geo: null, labels: [], custom_metrics: {} }],
    [
      'url and urls',
      { sensor_data: [{ sensor_id: 's', type: 'OBJ', url: 'u' }] },
      { sensor_data: [{ sensor_id: 's', type: 'OBJ', urls: { obj_url: 'u' } }] },
    ],
  ])('does not see %s', (_what, a, b) => expect(hashOf(a)).toBe(hashOf(b)));

  it.each<[string, Json, Json]>([
    ['NaN and null', { custom_metrics: { a: NaN } }, { custom_metrics: { a: null } }],
    ['NaN and Infinity', { custom_metrics: { a: NaN } }, { custom_metrics: { a: Infinity } }],
    ['Infinity and -Infinity', { custom_metrics: { a: Infinity } }, { custom_metrics: { a: -Infinity } }],
    ['neighbouring large integers', { metadata: { n: 9007199254740993n } }, { metadata: { n: 9007199254740992n } }],
    [
      'a large integer and its digits as text',
      { custom_metrics: { n: 9007199254740993n } },
      { custom_metrics: { n: '9007199254740993' } },
    ],
    ['vectors', { embedding: [1, 2] }, { embedding: [1, 3] }],
    ['models', { embedding: { model: 'a', vector: [1] } }, { embedding: { model: 'b', vector: [1] } }],
    [
      'the order of sensors',
      {
        sensor_data: [
          { sensor_id: 'a', type: 'OBJ', url: 'u' },
          { sensor_id: 'b', type: 'OBJ', url: 'u' },
        ],
      },
      {
        sensor_data: [
          { sensor_id: 'b', type: 'OBJ', url: 'u' },
          { sensor_id: 'a', type: 'OBJ', url: 'u' },
        ],
      },
    ],
  ])('tells %s apart', (_what, a, b) => expect(hashOf(a)).not.toBe(hashOf(b)));

  // 2^62 is a double, and JavaScript writes it with the digits of the other integer, which is none.
  it('tells a double from the integer whose digits stand for it', () => {
    const of = (n: number | bigint) => hashFrame('f', put('f', { metadata: { n } }).content);
    expect(of(2 ** 62)).not.toBe(of(4611686018427388000n));
    expect(of(2 ** 62)).toBe(of(2n ** 62n));
  });

  it('does not count since', () => {
    const label = put('f', { labels: [{ label_id: 'a', type: 'CLASSIFICATION_2D', class: 'WBC' }] }).content
      .labels![0]!;
    expect(hashFrame('f', { labels: [{ ...label, since: 3 } as never] })).toBe(hashFrame('f', { labels: [label] }));
  });

  it('puts the lengths of id and content in front', () => {
    expect(frameHash('ab', { device_id: 'x' }, (text) => text)).toBe('2:ab17:{"device_id":"x"}');
  });
});

describe('the canonical text', () => {
  it('is the same from the fast way and from the walk that bigints force', () => {
    fc.assert(
      fc.property(rawFrame, (frame) => {
        const { content } = put('f', frame);
        const forced = canonicalJson({ ...content, geo: 1n as never });
        const fast = canonicalJson({ ...content, geo: 1 as never });
        expect(forced.replace('"geo":1n', '"geo":1')).toBe(fast);
      }),
    );
  });
});

describe('the hash of a version', () => {
  it('does not depend on the order of frames', () => {
    fc.assert(
      fc.property(
        hashes.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(shuffled.reduce(addHash, EMPTY_HASH)).toBe(list.reduce(addHash, EMPTY_HASH));
        },
      ),
    );
  });

  it('is the hash of no frames again when all are taken out', () => {
    fc.assert(
      fc.property(hashes, (list) => {
        expect(list.reduce(subtractHash, list.reduce(addHash, EMPTY_HASH))).toBe(EMPTY_HASH);
        expect(list.reduce(addHash, list.reduce(subtractHash, EMPTY_HASH))).toBe(EMPTY_HASH);
      }),
    );
  });

  it('adds up from partial sums, however the frames were split', () => {
    fc.assert(
      fc.property(hashes, hashes, (a, b) => {
        const whole = new HashSum();
        [...a, ...b].forEach((hash) => whole.add(hash));
        expect(whole.toString()).toBe(addHash(a.reduce(addHash, EMPTY_HASH), b.reduce(addHash, EMPTY_HASH)));
      }),
    );
  });

  it('wraps at 2^256 and always has 64 digits', () => {
    expect(addHash('f'.repeat(64), `${'0'.repeat(63)}2`)).toBe(`${'0'.repeat(63)}1`);
    expect(subtractHash(EMPTY_HASH, `${'0'.repeat(63)}1`)).toBe('f'.repeat(64));
  });
});
