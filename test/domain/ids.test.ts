import fc from 'fast-check';
import { compareUtf8, frameIdProblem, isDatasetName, metadataKeyProblem, tagProblem } from '../../domain/ids';

describe('dataset names', () => {
  it.each(['a', 'A_1', '_', 'x'.repeat(128)])('accepts %j', (name) => expect(isDatasetName(name)).toBe(true));
  it.each(['', 'a-b', 'a b', 'ä', 'a/b', 'a\n', 'x'.repeat(129)])('refuses %j', (name) =>
    expect(isDatasetName(name)).toBe(false),
  );
});

describe('frame, label and sensor ids', () => {
  it.each(['a', '$1', 'a b', '...', '\u{1f600}', 'ä'.repeat(256), '\u{1f600}'.repeat(128), '€'.repeat(170)])(
    'accepts %j',
    (id) => expect(frameIdProblem(id)).toBeNull(),
  );

  it.each([
    ['', /empty/],
    ['.', /"\." or "\.\."/],
    ['..', /"\." or "\.\."/],
    ['a/b', /no "\/"/],
    ['a\u0000', /control/],
    ['a\u007f', /control/],
    ['\u0085', /control/],
    ['\ud800', /lone surrogate/],
    ['a\udc00b', /lone surrogate/],
    ['x'.repeat(513), /at most 512 bytes, got 513/],
    ['ä'.repeat(257), /at most 512 bytes, got 514/],
    ['€'.repeat(171), /at most 512 bytes, got 513/],
    ['\u{1f600}'.repeat(129), /at most 512 bytes, got 516/],
  ])('refuses %j', (id, problem) => expect(frameIdProblem(id)).toMatch(problem));

  it('counts bytes as UTF-8 does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 100, maxLength: 400 }), (text) => {
        const id = text.replace(/[\p{Cc}/]/gu, '_');
        expect(frameIdProblem(id) === null).toBe(Buffer.byteLength(id) <= 512);
      }),
    );
  });
});

describe('metadata keys', () => {
  it.each(['a', '', 'a$', 'constructor', 'prototype', 'a b', 'ключ'])('accepts %j', (key) =>
    expect(metadataKeyProblem(key)).toBeNull(),
  );
  it.each(['$a', 'a.b', '.', '__proto__', 'a\u0000', '\ud800', 'x'.repeat(513)])('refuses %j', (key) =>
    expect(metadataKeyProblem(key)).toEqual(expect.any(String)),
  );
});

describe('tags', () => {
  it.each(['v1', 'a.b_c-d', 'Latest', `a${'b'.repeat(127)}`])('accepts %j', (name) =>
    expect(tagProblem(name)).toBeNull(),
  );
  it.each(['latest', '', '1', '-a', 'a b', 'a/b', 'ä', `a${'b'.repeat(128)}`])('refuses %j', (name) =>
    expect(tagProblem(name)).toEqual(expect.any(String)),
  );
});

describe('the order of ids', () => {
  it('is the byte order of UTF-8, which puts U+FF5E before U+1F600 and UTF-16 does not', () => {
    expect(compareUtf8('\u{ff5e}', '\u{1f600}')).toBeLessThan(0);
    expect('\u{ff5e}' < '\u{1f600}').toBe(false);
  });

  it('agrees with comparing the bytes', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'ä', '€', '\u{d7ff}', '\u{e000}', '\u{ff5e}', '\u{10000}', '\u{1f600}'),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
