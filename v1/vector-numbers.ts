import { Problem } from '../domain/problem';

/**
 * A vector as numbers with a short text: each narrows to the same 32-bit float again. Texts of full length would be
 * twice as long, and would take a line through the slower of the worker's two parsers.
 */
export function vectorNumbers(vector: Float32Array): number[] {
  const numbers = new Array<number>(vector.length);
  for (let i = 0; i < vector.length; i++) numbers[i] = shortNumber(vector[i]!, i);
  return numbers;
}

function shortNumber(value: number, index: number): number {
  if (value - value !== 0) {
    const message = `Expected a vector of numbers that fit 32-bit floats, got ${value} at position ${index}`;
    throw new Problem('invalid_number', message);
  }
  const short = Math.round(value * 1e8) / 1e8;
  // Nine significant digits tell any two 32-bit floats apart.
  return Math.fround(short) === value ? short : Number(value.toPrecision(9));
}

/** True for a vector that only fills a place: the client writes zeros where it has none (protocol 5.8). */
export function isFiller(vector: Float32Array): boolean {
  for (let i = 0; i < vector.length; i++) if (vector[i] !== 0) return false;
  return true;
}
