import { Problem } from './problem';

/** Characters that go through one call; more arguments than some engines take would fail. */
const CHARACTERS_AT_A_TIME = 8_192;
const FLOAT_BYTES = 4;

/** A vector as base64 of its little-endian 32-bit floats: a fifth of the length of its numbers, and exact. */
export function vectorText(vector: Float32Array): string {
  const bytes = new Uint8Array(vector.length * FLOAT_BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < vector.length; i++) view.setFloat32(i * FLOAT_BYTES, vector[i]!, true);
  let binary = '';
  for (let from = 0; from < bytes.length; from += CHARACTERS_AT_A_TIME) {
    binary += String.fromCharCode(...bytes.subarray(from, from + CHARACTERS_AT_A_TIME));
  }
  return btoa(binary);
}

/** The vector that such a text holds. */
export function readVectorText(text: string): Float32Array<ArrayBuffer> {
  const binary = decoded(text);
  const length = binary.length / FLOAT_BYTES;
  if (length === 0) throw new Problem('invalid_value', 'Expected at least one number, got an empty text');
  if (!Number.isInteger(length)) {
    throw new Problem('invalid_value', `Expected base64 of 32-bit floats, got ${binary.length} bytes`);
  }
  const view = new DataView(new ArrayBuffer(FLOAT_BYTES));
  const vector = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    for (let byte = 0; byte < FLOAT_BYTES; byte++) view.setUint8(byte, binary.charCodeAt(i * FLOAT_BYTES + byte));
    const value = view.getFloat32(0, true);
    if (value - value !== 0) throw new Problem('invalid_number', `Expected a finite number, got ${value}`, `[${i}]`);
    vector[i] = value + 0;
  }
  return vector;
}

function decoded(text: string): string {
  try {
    return atob(text);
  } catch {
    throw new Problem('invalid_value', 'Expected a list of numbers, or base64 of 32-bit floats, got another text');
  }
}
