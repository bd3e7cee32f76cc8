import { decide, decideRestore, needsContent } from '../../domain/decide';
import { EMPTY_HASH } from '../../domain/content-hash';
import { good, patch, put } from '../support/read';
import { hashFrame, sha256 } from '../support/sha256';
import type { CurrentRevision, Decision } from '../../domain/revision';
import type { FrameContent, StoredLabel } from '../../domain/frame';
import type { Item } from '../../domain/item';
import type { Json } from '../../domain/json';

const box = (label_id: string, more: Record<string, Json> = {}): Record<string, Json> => ({
  label_id,
  type: 'BBOX_2D',
  class: 'WBC',
  geometry: { left: 1, top: 2, width: 3, height: 4 },
  ...more,
});

const FRAME = { device_id: 'scope-1', metadata: { split: 'train', n: 1 }, labels: [box('b1'), box('b2')] };

const DELETE = good({ op: 'delete', frame_id: 'f' });
const TOMBSTONE: CurrentRevision = { from: 4, deleted: true, hash: EMPTY_HASH, content: {} };

/** The revision that a put of this frame makes as version `from`. */
function revision(frame: Json, from = 3): CurrentRevision {
  const decision = written(decide(put('f', frame), null, from, hashFrame));
  return { from, deleted: false, hash: decision.hash, content: decision.content };
}

function written(decision: Decision): Extract<Decision, { kind: 'write' }> {
  if (decision.kind === 'write') return decision;
  throw new Error(`Expected a write, got ${JSON.stringify(decision)}`);
}

function sinceOf(content: FrameContent<StoredLabel>): Record<string, number> {
  return Object.fromEntries((content.labels ?? []).map(({ label_id, since }) => [label_id, since]));
}

function decideNow(item: Item, current: CurrentRevision | null): Decision {
  return decide(item, current, 7, hashFrame);
}

describe('a put', () => {
  it('of a new frame writes it, each label since this version', () => {
    const { content, hash } = written(decideNow(put('f', FRAME), null));
    expect(sinceOf(content)).toEqual({ b1: 7, b2: 7 });
    expect(hash).toBe(hashFrame('f', put('f', FRAME).content));
  });

  it.each([
    ['the same', FRAME],
    [
      'the same in another order',
      { labels: [box('b2'), box('b1')], metadata: { n: 1.0, split: 'train' }, device_id: 'scope-1' },
    ],
    ['the same and empty parts', { ...FRAME, custom_metrics: {}, sensor_data: [], geo: null }],
  ])('of %s is unchanged', (_what, frame) => {
    expect(decideNow(put('f', frame), revision(FRAME))).toEqual({ kind: 'unchanged' });
  });

  it('needs no content to see that nothing changed', () => {
    const { content: _content, ...known } = revision(FRAME);
    expect(needsContent(put('f', FRAME), known, hashFrame)).toBe(false);
    expect(decide(put('f', FRAME), known, 7, hashFrame)).toEqual({ kind: 'unchanged' });
  });

  it('moves since only on the labels that changed', () => {
    const changed = { ...FRAME, labels: [box('b0'), box('b1'), box('b2', { iscrowd: true }), box('b3')] };
    expect(sinceOf(written(decideNow(put('f', changed), revision(FRAME))).content)).toEqual({
      b0: 7,
      b1: 3,
      b2: 7,
      b3: 7,
    });
  });

  it('counts a label that comes back after a deletion as changed', () => {
    expect(sinceOf(written(decideNow(put('f', FRAME), TOMBSTONE)).content)).toEqual({ b1: 7, b2: 7 });
  });

  it('replaces vectors too, unless it keeps them', () => {
    const current = revision({ embedding: [1, 2], labels: [box('b1', { embedding: [3, 4] }), box('b2')] });
    const dropped = written(decideNow(put('f', { labels: [box('b1'), box('b2')] }), current));
    expect(dropped).toMatchObject({
      keeps_vectors: false,
      content: expect.not.objectContaining({ embedding: expect.anything() }) as object,
    });
    expect(sinceOf(dropped.content)).toEqual({ b1: 7, b2: 3 });

    const same = put('f', { labels: [box('b1'), box('b2')] }, { keep_embeddings: true });
    expect(decideNow(same, current)).toEqual({ kind: 'unchanged' });

    const newVector = put('f', { labels: [box('b1'), box('b2', { embedding: [5, 6] })] }, { keep_embeddings: true });
    const kept = written(decideNow(newVector, current));
    expect(kept.content.embedding).toEqual(current.content.embedding);
    expect(kept.content.labels![0]).toEqual(current.content.labels![0]);
    expect(kept.keeps_vectors).toBe(true);
    expect([...kept.vectors.labels.keys()]).toEqual(['b2']);
    expect(kept.hash).toBe(hashFrame('f', kept.content));
  });

  it('says that it keeps no vectors when it brings all of them', () => {
    const { keeps_vectors, vectors } = written(
      decideNow(put('f', { embedding: [1], labels: [box('b1', { embedding: [2] })] }), null),
    );
    expect(keeps_vectors).toBe(false);
    expect(vectors).toEqual({ frame: new Float32Array([1]), labels: new Map([['b1', new Float32Array([2])]]) });
  });
});

describe('a patch', () => {
  const decidePatch = (
    frame: Json,
    more: Record<string, Json> = {},
    current: CurrentRevision | null = revision(FRAME),
  ): Decision => decideNow(patch('f', frame, more), current);

  it.each<[string, Json, Json]>([
    [
      'merges metadata one level deep',
      { metadata: { n: 2, a: 'y' } },
      { ...FRAME, metadata: { split: 'train', n: 2, a: 'y' } },
    ],
    ['removes a metadata field by null', { metadata: { n: null } }, { ...FRAME, metadata: { split: 'train' } }],
    ['removes all metadata by null', { metadata: null }, { ...FRAME, metadata: {} }],
    [
      'replaces and removes parts',
      { device_id: null, geo: { lat: 1, lon: 2 } },
      { ...FRAME, device_id: null, geo: { lat: 1, lon: 2 } },
    ],
    ['inserts a label', { labels: { upsert: [box('b0')] } }, { ...FRAME, labels: [box('b0'), ...FRAME.labels] }],
    [
      'replaces a label whole',
      { labels: { upsert: [box('b1', { confidence: 0.5 })] } },
      { ...FRAME, labels: [box('b1', { confidence: 0.5 }), box('b2')] },
    ],
    ['deletes a label', { labels: { delete: ['b1', 'absent'] } }, { ...FRAME, labels: [box('b2')] }],
    [
      'merges a label',
      { labels: { merge: [{ label_id: 'b2', class: 'RBC' }] } },
      { ...FRAME, labels: [box('b1'), box('b2', { class: 'RBC' })] },
    ],
    [
      'merges one key of a geometry',
      { labels: { merge: [{ label_id: 'b2', geometry: { width: 9 } }] } },
      { ...FRAME, labels: [box('b1'), box('b2', { geometry: { left: 1, top: 2, width: 9, height: 4 } })] },
    ],
    [
      'takes no geometry over when the type changes',
      { labels: { merge: [{ label_id: 'b2', type: 'LINE_SEGMENT_2D', geometry: { x1: 0, y1: 0, x2: 1, y2: 1 } }] } },
      {
        ...FRAME,
        labels: [box('b1'), box('b2', { type: 'LINE_SEGMENT_2D', geometry: { x1: 0, y1: 0, x2: 1, y2: 1 } })],
      },
    ],
  ])('%s, exactly as a put of the result', (_what, change, result) => {
    const { content, hash } = written(decidePatch(change));
    expect(hash).toBe(hashFrame('f', put('f', result).content));
    expect(hashFrame('f', content)).toBe(hash);
  });

  it('brings merged label metadata into the order of normal form', () => {
    const current = revision({ labels: [box('b1', { metadata: { m: 0 } })] });
    const { hash } = written(decidePatch({ labels: { merge: [{ label_id: 'b1', metadata: { a: 1 } }] } }, {}, current));
    expect(hash).toBe(hashFrame('f', put('f', { labels: [box('b1', { metadata: { a: 1, m: 0 } })] }).content));
  });

  it('merges label metadata one level deep and drops it when nothing is left', () => {
    const current = revision({ labels: [box('b1', { metadata: { a: 1, b: { c: 1 } } })] });
    const some = written(
      decidePatch({ labels: { merge: [{ label_id: 'b1', metadata: { a: null, b: { d: 2 } } }] } }, {}, current),
    );
    expect(some.content.labels![0]!.metadata).toEqual({ b: { d: 2 } });
    const none = written(
      decidePatch({ labels: { merge: [{ label_id: 'b1', metadata: { a: null, b: null } }] } }, {}, current),
    );
    expect(none.content.labels![0]).not.toHaveProperty('metadata');
  });

  it.each<[string, Json]>([
    ['names nothing', {}],
    ['says what is there', { device_id: 'scope-1', metadata: { n: 1 }, labels: { upsert: [box('b1')] } }],
    ['deletes an absent label', { labels: { delete: ['b9'] } }],
    ['removes an absent field', { metadata: { x: null }, geo: null }],
  ])('that %s is unchanged', (_what, change) => expect(decidePatch(change)).toEqual({ kind: 'unchanged' }));

  it.each<[string, Json, string, string]>([
    ['an absent label', { merge: [{ label_id: 'b9', class: 'RBC' }] }, 'label_not_found', 'labels.merge[0].label_id'],
    ['away the class', { merge: [{ label_id: 'b1', class: null }] }, 'missing_field', 'labels.merge[0].class'],
    ['away the type', { merge: [{ label_id: 'b1', type: null }] }, 'missing_field', 'labels.merge[0].type'],
    [
      'away a side',
      { merge: [{ label_id: 'b1', geometry: { top: null } }] },
      'missing_field',
      'labels.merge[0].geometry.top',
    ],
    [
      'to a negative size',
      { merge: [{ label_id: 'b1', geometry: { width: -1 } }] },
      'invalid_number',
      'labels.merge[0].geometry.width',
    ],
    [
      'to another type alone',
      { merge: [{ label_id: 'b1', type: 'CUBOID_3D' }] },
      'missing_field',
      'labels.merge[0].geometry.pos_x',
    ],
  ])('fails when it merges %s', (_what, labels, code, path) => {
    const decision = decidePatch({ labels });
    expect(decision).toMatchObject({
      kind: 'failed',
      failure: { code, path, label_id: expect.stringMatching(/^b[19]$/) as string },
    });
  });

  it.each([null, TOMBSTONE])('of an absent frame fails, or is skipped on demand', (current) => {
    expect(decidePatch({}, {}, current)).toMatchObject({ kind: 'failed', failure: { code: 'frame_not_found' } });
    expect(decidePatch({}, { if_missing: 'skip' }, current)).toEqual({ kind: 'unchanged' });
  });

  it('skips absent labels on demand, with their vectors, and does the rest', () => {
    const change = {
      labels: {
        merge: [
          { label_id: 'b9', embedding: [1] },
          { label_id: 'b1', embedding: [2] },
        ],
      },
    };
    const { content, vectors } = written(decidePatch(change, { if_missing: 'skip' }));
    expect(sinceOf(content)).toEqual({ b1: 7, b2: 3 });
    expect([...vectors.labels.keys()]).toEqual(['b1']);
  });

  it('keeps the vectors of what it does not name', () => {
    const current = revision({ embedding: [1], labels: [box('b1', { embedding: [2] })] });
    const kept = written(decidePatch({ metadata: { a: 1 } }, {}, current));
    expect(kept).toMatchObject({ keeps_vectors: true, vectors: { labels: new Map() } });
    expect(kept.content.embedding).toEqual({ dimension: 1, digest: sha256(Buffer.from('0000803f', 'hex')) });
    const removed = written(
      decidePatch({ embedding: null, labels: { merge: [{ label_id: 'b1', embedding: null }] } }, {}, current),
    );
    expect(removed.keeps_vectors).toBe(false);
    const replaced = written(decidePatch({ embedding: [3], labels: { upsert: [box('b1')] } }, {}, current));
    expect(replaced).toMatchObject({ keeps_vectors: false, vectors: { frame: new Float32Array([3]) } });
  });
});

describe('a delete', () => {
  it('of a live frame deletes it, of an absent one is unchanged', () => {
    expect(decideNow(DELETE, revision(FRAME))).toEqual({ kind: 'delete' });
    expect(decideNow(DELETE, null)).toEqual({ kind: 'unchanged' });
    expect(decideNow(DELETE, TOMBSTONE)).toEqual({ kind: 'unchanged' });
  });
});

describe('if_version', () => {
  const ops: [string, (if_version: number) => Item][] = [
    ['put', (if_version) => put('f', { device_id: 'x' }, { if_version })],
    ['patch', (if_version) => patch('f', { device_id: 'x' }, { if_version })],
    ['delete', (if_version) => good({ op: 'delete', frame_id: 'f', if_version })],
  ];

  it.each(ops)('lets a %s through when it names the current revision', (_op, item) => {
    expect(decideNow(item(3), revision(FRAME)).kind).toMatch(/^(write|delete)$/);
  });

  it.each(ops)('refuses a %s that names another', (_op, item) => {
    for (const [given, current] of [
      [2, revision(FRAME)],
      [0, revision(FRAME)],
      [4, TOMBSTONE],
      [3, null],
    ] as const) {
      expect(decideNow(item(given), current)).toMatchObject({
        kind: 'failed',
        failure: { code: 'version_conflict', path: 'if_version' },
      });
      expect(needsContent(item(given), current, hashFrame)).toBe(false);
    }
  });

  it('0 means that the frame must be absent', () => {
    expect(decideNow(put('f', FRAME, { if_version: 0 }), null).kind).toBe('write');
    expect(decideNow(put('f', FRAME, { if_version: 0 }), TOMBSTONE).kind).toBe('write');
  });

  it('refuses a stale put even when nothing would change', () => {
    expect(decideNow(put('f', FRAME, { if_version: 2 }), revision(FRAME)).kind).toBe('failed');
  });
});

describe('a restore', () => {
  const old = revision({ ...FRAME, labels: [box('b1'), box('b2', { iscrowd: true })] }, 2);

  it('writes the old content with its hash; since stays where the label is as it is now', () => {
    const decision = written(decideRestore(old, revision(FRAME), 7));
    expect(decision.hash).toBe(old.hash);
    expect(hashFrame('f', decision.content)).toBe(old.hash);
    expect(sinceOf(decision.content)).toEqual({ b1: 3, b2: 7 });
    expect(decision.keeps_vectors).toBe(false);
  });

  it('says when the old content refers to vectors', () => {
    const target = revision({ labels: [box('b1', { embedding: [1] })] });
    expect(written(decideRestore(target, null, 7)).keeps_vectors).toBe(true);
  });

  it.each<[string, CurrentRevision | null, CurrentRevision | null, Decision['kind']]>([
    ['live to live and equal', old, { ...old, from: 5 }, 'unchanged'],
    ['absent to live', null, old, 'delete'],
    ['deleted to live', TOMBSTONE, old, 'delete'],
    ['absent to absent', null, null, 'unchanged'],
    ['deleted to deleted', TOMBSTONE, TOMBSTONE, 'unchanged'],
    ['live to deleted', old, TOMBSTONE, 'write'],
  ])('from %s', (_what, target, current, kind) => expect(decideRestore(target, current, 7).kind).toBe(kind));
});

it('throws when the caller did not load a content that is needed', () => {
  const { content: _content, ...known } = revision(FRAME);
  expect(needsContent(patch('f', {}), known, hashFrame)).toBe(true);
  expect(() => decide(patch('f', {}), known, 7, hashFrame)).toThrow(/without its content/);
});
