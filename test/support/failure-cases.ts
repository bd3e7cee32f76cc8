import { failureOf } from './read';
import type { ErrorCode } from '../../domain/error-codes';
import type { Json } from '../../domain/json';

/** A bad item and what its failure must say. */
export type FailureCase = [given: string, raw: Json, code: ErrorCode, path: string | undefined, message: RegExp];

/** A box that is good. */
export function box(more: Record<string, Json> = {}): Record<string, Json> {
  const geometry = { left: 1, top: 2, width: 3, height: 4 };
  return { label_id: 'b1', type: 'BBOX_2D', class: 'WBC', geometry, ...more };
}

export function inFrame(content: Json): Json {
  return { frame_id: 'f', frame: content };
}

/** A frame whose second label is given. */
export function inLabel(label: Json): Json {
  return inFrame({ labels: [box({ label_id: 'good' }), label] });
}

/** Tests that each item fails with the code, the place and a message that says what was expected and given. */
export function itFailsOn(cases: readonly FailureCase[]): void {
  it.each(cases)('%s', (_given, raw, code, path, message) => {
    const failure = failureOf(raw);
    expect({ code: failure.code, path: failure.path }).toEqual({ code, path });
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toMatch(/\.$/);
  });
}
