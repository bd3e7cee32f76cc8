import fc from 'fast-check';
import { parseLine } from '../../activities/commit/parse-line';
import { equalJson } from '../../domain/equal';
import { normaliseBigint } from '../../domain/numbers';
import type { Json } from '../../domain/json';
import { jsonText } from '../../v1/json-text';
import { isFiller, vectorNumbers } from '../../v1/vector-numbers';

/** The one form of each number that a reader makes. */
function normal(value: Json): Json {
  if (typeof value === 'bigint') return normaliseBigint(value);
  if (typeof value === 'number') return value + 0;
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, normal(inner)]));
}

const anyJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.double(),
      fc.integer(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom<Json[]>(
        null,
        true,
        false,
        NaN,
        Infinity,
        -Infinity,
        'NaN',
        'null',
        2 ** 62,
        -(2 ** 69),
        1e21,
        '12345678901234567890',
      ),
    ),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 4 }), tie('json'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).json;

describe('the text of a value', () => {
  it('is read as the same value by the worker', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const parsed = parseLine(jsonText({ value }));
        return parsed.ok && equalJson(normal((parsed.value as { value: Json }).value), normal(value));
      }),
      { numRuns: 500 },
    );
  });

  it("is the engine's own where that is right", () => {
    const value = { b: [1, 2.5, null], a: 'ü\n', 'c"': true };
    expect(jsonText(value)).toBe(JSON.stringify(value));
  });
});

describe('the numbers of a vector', () => {
  const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });

  it('narrow to the same 32-bit floats, and are short enough for the faster parser', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(float32, fc.float({ min: -1, max: 1, noNaN: true }))), (values) => {
        const vector = Float32Array.from(values);
        const numbers = vectorNumbers(vector);
        expect(Float32Array.from(numbers).map((value) => value + 0)).toEqual(vector.map((value) => value + 0));
        for (const number of numbers) if (Math.abs(number) < 1e15) expect(String(number)).not.toMatch(/\d{16}/);
      }),
    );
  });

  it('are those that were written, where they were short', () => {
    expect(vectorNumbers(Float32Array.of(0.1, -0.25, 1e-7, 3))).toEqual([0.1, -0.25, 1e-7, 3]);
  });

  it('are a filler only where all are zero', () => {
    expect(isFiller(new Float32Array(3))).toBe(true);
    expect(isFiller(Float32Array.of(0, 1e-30, 0))).toBe(false);
  });
});
