import { describe, Problem } from './problem';
import type { Json } from './json';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** A finite double, -0 as 0. `expected` completes "Expected a ..." in the message. */
export function readNumber(value: Json | undefined, path: string, expected = 'number'): number {
  // Infinity - Infinity and NaN - NaN are NaN.
  if (typeof value === 'number' && value - value === 0) return value + 0;
  return readOtherNumber(value, path, expected);
}

function readOtherNumber(value: Json | undefined, path: string, expected: string): number {
  if (value === undefined || value === null) {
    throw new Problem('missing_field', `Expected a ${expected} in ${path}, got nothing`, path);
  }
  if (typeof value === 'bigint') {
    const double = Number(value);
    if (Number.isFinite(double) && BigInt(double) === value) return double;
    throw new Problem('invalid_number', `Expected a ${expected} that a 64-bit float holds exactly, got ${value}`, path);
  }
  const code = typeof value === 'number' ? 'invalid_number' : 'invalid_value';
  throw new Problem(code, `Expected a ${expected}, got ${describe(value)}`, path);
}

/** A finite number that is not negative; zero is legal. */
export function readSize(value: Json | undefined, path: string, unit = 'number of pixels'): number {
  const size = readNumber(value, path, `${unit} >= 0`);
  if (size >= 0) return size;
  throw new Problem('invalid_number', `Expected a ${unit} >= 0, got ${size}`, path);
}

/** An integer that is not negative and that a double holds exactly. */
export function readCount(value: Json | undefined, path: string): number {
  const count = readNumber(value, path, 'whole number >= 0');
  if (count >= 0 && Number.isSafeInteger(count)) return count;
  throw new Problem('invalid_number', `Expected a whole number >= 0, got ${count}`, path);
}

/**
 * The one form of an integer that was read without loss: a number when a double holds it, else a bigint; null when it
 * lies outside 64 bits.
 */
export function normaliseBigint(value: bigint): number | bigint | null {
  const double = Number(value);
  if (Number.isFinite(double) && BigInt(double) === value) return double;
  return value >= INT64_MIN && value <= INT64_MAX ? value : null;
}

/**
 * The number that JSON text shows: a bigint where a double would not hold all digits of an integer. Beyond the largest
 * double it is infinite: millions of digits would take a bigint seconds.
 */
export function numberOf(text: string): number | bigint {
  const double = Number(text);
  if (Number.isSafeInteger(double) || !Number.isFinite(double) || !/^-?\d+$/.test(text)) return double;
  return BigInt(text);
}

/** A number of free JSON or metadata: exact integers up to 64 bits, -0 as 0; NaN and infinities as they are. */
export function readAnyNumber(value: number | bigint, path: string): number | bigint {
  if (typeof value === 'number') return value + 0;
  const normal = normaliseBigint(value);
  if (normal !== null) return normal;
  throw new Problem('invalid_number', `Expected an integer between -2^63 and 2^63 - 1, got ${describe(value)}`, path);
}
