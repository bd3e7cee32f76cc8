import { decide, needsContent } from '../../domain/decide';
import { failureOf, good, patch, put } from '../support/read';
import { hashFrame } from '../support/sha256';
import type { CurrentRevision, Decision } from '../../domain/revision';
import type { Item } from '../../domain/item';
import type { Json } from '../../domain/json';

const box = (label_id: string, more: Record<string, Json> = {}): Record<string, Json> => ({
  label_id,
  type: 'BBOX_2D',
  class: 'WBC',
  geometry: { left: 1, top: 2, width: 3, height: 4 },
  ...more,
});

const CURRENT = revision({
  embedding: [1, 2],
  labels: [box('b1', { embedding: [3, 4] }), box('b2', { embedding: [5, 6] })],
});

function revision(frame: Json): CurrentRevision {
  const decision = written(decide(put('f', frame), null, 3, hashFrame));
  return { from: 3, deleted: false, hash: decision.hash, content: decision.content };
}

function written(decision: Decision): Extract<Decision, { kind: 'write' }> {
  if (decision.kind === 'write') return decision;
  throw new Error(`Expected a write, got ${JSON.stringify(decision)}`);
}

const decideNow = (item: Item, current: CurrentRevision | null = CURRENT): Decision =>
  decide(item, current, 7, hashFrame);

describe('"keep" in place of a vector', () => {
  it('keeps in a put exactly the vectors that it names', () => {
    const item = put('f', { labels: [box('b1', { embedding: 'keep' }), box('b2')], device_id: 'd' });
    expect(needsContent(item, CURRENT, hashFrame)).toBe(true);
    const { content, keeps_vectors, vectors } = written(decideNow(item));
    expect(content.embedding).toBeUndefined();
    expect(content.labels?.map(({ embedding }) => embedding)).toEqual([
      CURRENT.content.labels?.[0]?.embedding,
      undefined,
    ]);
    expect(keeps_vectors).toBe(true);
    expect(vectors).toEqual({ labels: new Map() });
  });

  it('makes a put that changes nothing else unchanged', () => {
    const labels = [box('b1', { embedding: 'keep' }), box('b2', { embedding: 'keep' })];
    expect(decideNow(put('f', { embedding: 'keep', labels }))).toEqual({ kind: 'unchanged' });
  });

  it('is nothing where no vector is stored', () => {
    const item = put('f', { embedding: 'keep', labels: [box('b1', { embedding: 'keep' })] });
    const { content, keeps_vectors } = written(decideNow(item, null));
    expect(content).toEqual({ labels: [{ ...box('b1'), since: 7 }] });
    expect(keeps_vectors).toBe(false);
  });

  it('leaves the vectors of a patched frame, of upserted and of merged labels alone', () => {
    const labels = {
      upsert: [box('b1', { embedding: 'keep', iscrowd: true })],
      merge: [{ label_id: 'b2', embedding: 'keep', iscrowd: true }],
    };
    const { content } = written(decideNow(patch('f', { embedding: 'keep', labels })));
    expect(content.embedding).toEqual(CURRENT.content.embedding);
    expect(content.labels?.map(({ embedding }) => embedding)).toEqual(
      CURRENT.content.labels?.map(({ embedding }) => embedding),
    );
  });

  it('is what an upsert without it does not do', () => {
    const { content } = written(decideNow(patch('f', { labels: { upsert: [box('b1')] } })));
    expect(content.labels?.[0]?.embedding).toBeUndefined();
  });
});

describe('non_finite: "tokens"', () => {
  it('leaves the text "NaN" a text in label metadata and custom metrics', () => {
    const frame = { custom_metrics: { a: 'NaN', b: NaN }, labels: [box('b1', { metadata: { t: 'Infinity' } })] };
    const plain = good({ frame_id: 'f', frame });
    const tokens = good({ frame_id: 'f', non_finite: 'tokens', frame });
    expect(plain).toMatchObject({ content: { custom_metrics: { a: NaN }, labels: [{ metadata: { t: Infinity } }] } });
    expect(tokens).toMatchObject({
      content: { custom_metrics: { a: 'NaN', b: NaN }, labels: [{ metadata: { t: 'Infinity' } }] },
    });
  });

  it('is the only value there is', () => {
    expect(failureOf({ frame_id: 'f', non_finite: 'text', frame: {} })).toMatchObject({
      code: 'invalid_value',
      path: 'non_finite',
    });
  });
});
