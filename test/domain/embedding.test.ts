import fc from 'fast-check';
import { decimalVector, littleEndianBytes, readEmbedding } from '../../domain/embedding';
import { sha256 } from '../support/sha256';

describe('an embedding', () => {
  it('is a list of numbers, or names its model', () => {
    const digest = sha256(Buffer.from('0000803f00000040', 'hex'));
    expect(readEmbedding([1, 2], sha256)).toEqual({
      reference: { dimension: 2, digest },
      vector: new Float32Array([1, 2]),
    });
    expect(readEmbedding({ model: 'clip', vector: [1, 2n] }, sha256)?.reference).toEqual({
      model: 'clip',
      dimension: 2,
      digest,
    });
    expect(readEmbedding(null, sha256)).toBeUndefined();
  });

  it('has equal digests for -0 and 0, and for values that narrow to the same 32 bits', () => {
    const digestOf = (value: number): string => readEmbedding([value], sha256)!.reference.digest;
    expect(digestOf(-0)).toBe(digestOf(0));
    expect(digestOf(-1e-60)).toBe(digestOf(0));
    expect(digestOf(0.1)).toBe(digestOf(Math.fround(0.1)));
    expect(digestOf(0.1)).not.toBe(digestOf(0.2));
  });

  it('is hashed and stored as little-endian bytes', () => {
    const vector = new Float32Array([1.5, -2]);
    const bytes = Buffer.alloc(8);
    bytes.writeFloatLE(1.5, 0);
    bytes.writeFloatLE(-2, 4);
    expect(Buffer.from(littleEndianBytes(vector))).toEqual(bytes);
  });

  it('reads back as the short decimals that were written, and always narrows to the same vector', () => {
    expect(decimalVector(new Float32Array([0.1, 1e-7, 16777216, 0.123456]))).toEqual([0.1, 1e-7, 16777216, 0.123456]);
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true })), (values) => {
        const vector = new Float32Array(values.map((value) => value + 0));
        expect(new Float32Array(decimalVector(vector))).toEqual(vector);
      }),
    );
  });
});
