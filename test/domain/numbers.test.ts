import fc from 'fast-check';
import { numberOf } from '../../domain/numbers';

describe('the number that JSON text shows', () => {
  it.each<[string, number | bigint]>([
    ['0', 0],
    ['-1.5e3', -1500],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-12345678901234567890', -12345678901234567890n],
    ['1e400', Infinity],
    ['1234567890123456.5', 1234567890123456.5],
  ])('is that of %s', (text, number) => {
    expect(numberOf(text)).toBe(number);
  });

  it('is infinite beyond the largest double, however many digits it has', () => {
    expect(numberOf(`-${'9'.repeat(4_000_000)}`)).toBe(-Infinity);
  });

  it('keeps every digit of an integer', () => {
    fc.assert(fc.property(fc.bigInt(), (value) => expect(String(numberOf(String(value)))).toBe(String(value))));
  });
});
