import fc from 'fast-check';
import { compareUtf8 } from '../../domain/ids';
import { diffFrames, diffLabels } from '../../domain/diff';
import { put } from '../support/read';
import { rawFrame, rawLabel } from '../support/arbitraries';
import { stable } from '../support/naive-history';
import type { Change } from '../../domain/diff';
import type { FrameContent, StoredLabel } from '../../domain/frame';
import type { Json, JsonObject } from '../../domain/json';

const contentOf = (frame: Json): FrameContent => put('f', frame).content;

const LABEL_PATH = /^labels\[([^\]]*)\](?:\.(.*))?$/;

/** What a person does who follows the changes one by one. */
function applyDiff(content: FrameContent | null, changes: readonly Change[]): FrameContent {
  const frame = structuredClone(content ?? {}) as JsonObject;
  const labels = new Map(((frame.labels ?? []) as JsonObject[]).map((label) => [label.label_id as string, label]));
  for (const change of changes) {
    const [, label_id, path] = LABEL_PATH.exec(change.path) ?? [];
    if (label_id === undefined) set(frame, change.path, change);
    else if (path !== undefined) set(labels.get(label_id)!, path, change);
    else if (change.new === undefined) labels.delete(label_id);
    else labels.set(label_id, change.new as JsonObject);
  }
  const list = [...labels.values()].sort((a, b) => compareUtf8(a.label_id as string, b.label_id as string));
  if (list.length > 0) frame.labels = list;
  else delete frame.labels;
  return frame as FrameContent;
}

/** Checks the old value, sets the new one; an object without keys is absent, except a geometry. */
function set(owner: JsonObject, path: string, change: Change): void {
  const [part, key] = path.split(/\.(.*)/s) as [string, string?];
  const object = key === undefined ? owner : ((owner[part] ??= {}) as JsonObject);
  const name = key ?? part;
  expect(stable(Object.hasOwn(object, name) ? object[name] : undefined)).toBe(stable(change.old));
  if (change.new === undefined) delete object[name];
  else object[name] = change.new;
  if (part !== 'geometry' && key !== undefined && Object.keys(object).length === 0) delete owner[part];
}

describe('the differences between two frames', () => {
  it('turn the one into the other when applied', () => {
    fc.assert(
      fc.property(fc.option(rawFrame), fc.option(rawFrame), (rawA, rawB) => {
        const a = rawA && contentOf(rawA);
        const b = rawB && contentOf(rawB);
        expect(stable(applyDiff(a, diffFrames(a, b)) as Json)).toBe(stable((b ?? {}) as Json));
      }),
      { numRuns: 500 },
    );
  });

  it('are none exactly between equal contents', () => {
    fc.assert(
      fc.property(rawFrame, rawFrame, (rawA, rawB) => {
        const [a, b] = [contentOf(rawA), contentOf(rawB)];
        expect(diffFrames(a, contentOf(rawA))).toEqual([]);
        expect(diffFrames(a, b).length === 0).toBe(stable(a as Json) === stable(b as Json));
      }),
    );
  });

  it('name fields, keys and labels', () => {
    const box = { label_id: 'b1', type: 'BBOX_2D', class: 'WBC', geometry: { left: 1, top: 2, width: 3, height: 4 } };
    const old = contentOf({
      device_id: 'x',
      metadata: { split: 'train', n: 1 },
      geo: { lat: 1, lon: 2 },
      labels: [box, { ...box, label_id: 'b2' }],
    });
    const now = contentOf({
      metadata: { split: 'test', n: 1.0 },
      geo: { lat: 1, lon: 3 },
      labels: [
        { ...box, class: 'RBC', geometry: { ...box.geometry, width: 5 }, metadata: { a: 1 } },
        { ...box, label_id: 'b3' },
      ],
    });
    expect(diffFrames(old, now)).toEqual([
      { path: 'device_id', old: 'x' },
      { path: 'geo.lon', old: 2, new: 3 },
      { path: 'metadata.split', old: 'train', new: 'test' },
      { path: 'labels[b1].class', old: 'WBC', new: 'RBC' },
      { path: 'labels[b1].geometry.width', old: 3, new: 5 },
      { path: 'labels[b1].metadata.a', new: 1 },
      { path: 'labels[b2]', old: { ...box, label_id: 'b2' } },
      { path: 'labels[b3]', new: { ...box, label_id: 'b3' } },
    ]);
  });

  it('do not show since', () => {
    const label = contentOf({ labels: [{ label_id: 'a', type: 'CLASSIFICATION_2D', class: 'WBC' }] }).labels![0]!;
    const since = (version: number): FrameContent<StoredLabel> => ({ labels: [{ ...label, since: version }] });
    expect(diffFrames(since(3), since(4))).toEqual([]);
    expect(diffFrames(null, since(3))).toEqual([{ path: 'labels[a]', new: label }]);
  });
});

describe('the differences between two labels', () => {
  it('are those of the frames that hold them', () => {
    fc.assert(
      fc.property(rawLabel, rawLabel, (rawA, rawB) => {
        const labelOf = (raw: JsonObject): FrameContent => contentOf({ labels: [{ ...raw, label_id: 'x' }] });
        const [a, b] = [labelOf(rawA), labelOf(rawB)];
        const changes = diffLabels(a.labels![0]!, b.labels![0]!);
        expect(changes.map((change) => ({ ...change, path: `labels[x].${change.path}` }))).toEqual(diffFrames(a, b));
      }),
    );
  });

  it('show every field of a label that was added', () => {
    const label = contentOf({ labels: [{ label_id: 'a', type: 'CLASSIFICATION_2D', class: 'WBC', confidence: 1 }] })
      .labels![0]!;
    expect(diffLabels(null, label)).toEqual([
      { path: 'type', new: 'CLASSIFICATION_2D' },
      { path: 'class', new: 'WBC' },
      { path: 'confidence', new: 1 },
    ]);
    expect(diffLabels(label, null).every((change) => !('new' in change))).toBe(true);
  });
});
