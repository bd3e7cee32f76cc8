import fc from 'fast-check';
import { decimalVector, readEmbedding } from '../../domain/embedding';
import { Problem } from '../../domain/problem';
import { readVectorText, vectorText } from '../../domain/vector-text';
import { failureOf } from '../support/read';
import { sha256 } from '../support/sha256';

const floats = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 3_000 });

describe('the text of a vector', () => {
  it('holds exactly its values, -0 as 0', () => {
    fc.assert(
      fc.property(floats, (values) => {
        const vector = Float32Array.from(values, (value) => value + 0);
        expect(readVectorText(vectorText(Float32Array.from(values)))).toEqual(vector);
      }),
    );
  });

  it('is the same embedding as the numbers', () => {
    const vector = Float32Array.of(0.1, -2.5, 1e-30);
    const embedding = readEmbedding({ model: 'm', vector: vectorText(vector) }, sha256);
    expect(embedding).toEqual(readEmbedding({ model: 'm', vector: decimalVector(vector) }, sha256));
  });

  it('is what other writers make of little-endian floats', () => {
    const bytes = Buffer.alloc(8);
    bytes.writeFloatLE(1.5, 0);
    bytes.writeFloatLE(-2, 4);
    expect(readVectorText(bytes.toString('base64'))).toEqual(Float32Array.of(1.5, -2));
  });

  it.each([
    ['', 'embedding.vector', 'invalid_value'],
    ['AAAA', 'embedding.vector', 'invalid_value'],
    ['no base64!', 'embedding.vector', 'invalid_value'],
    [vectorText(Float32Array.of(1, NaN)), 'embedding.vector[1]', 'invalid_number'],
    [vectorText(Float32Array.of(Infinity)), 'embedding.vector[0]', 'invalid_number'],
  ])('%j is none', (vector, path, code) => {
    expect(failureOf({ frame_id: 'f', frame: { embedding: { vector } } })).toMatchObject({ path, code });
  });

  it('of random characters is a vector or a problem', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(readVectorText(text).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
    );
  });
});
