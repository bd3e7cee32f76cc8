import { sha256 } from './sha256';
import type { Json, JsonObject } from '../../domain/json';

/** A text that is the same for equal values: keys sorted, -0 as 0, bigints marked. */
export function stable(value: Json | undefined): string {
  return JSON.stringify(value, (_key, entry: unknown) => {
    if (typeof entry === 'bigint') return `${entry}n`;
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return entry;
    return Object.fromEntries(
      Object.entries(entry)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([k, v]) => [`.${k}`, v as Json]),
    );
  });
}

type Frames = Map<string, JsonObject>;

/** What an upload, rollback or revert should do, said as plainly as possible: a copy of all frames per version. */
export class NaiveHistory {
  readonly snapshots: Frames[] = [new Map()];

  get head(): number {
    return this.snapshots.length - 1;
  }

  upload(items: readonly JsonObject[]): void {
    const frames = structuredClone(this.snapshots[this.head]!);
    for (const item of items) applyItem(frames, item);
    this.push(frames);
  }

  rollback(to: number): void {
    this.push(structuredClone(this.snapshots[to]!));
  }

  /** Writes nothing when a frame of that version has changed since. */
  revert(version: number): void {
    const changed = this.changedIn(version);
    const since = this.snapshots.flatMap((_, v) => (v > version ? this.changedIn(v) : []));
    if (changed.some((id) => since.includes(id))) return;
    const frames = structuredClone(this.snapshots[this.head]!);
    for (const id of changed) {
      const before = this.snapshots[version - 1]!.get(id);
      if (before === undefined) frames.delete(id);
      else frames.set(id, structuredClone(before));
    }
    this.push(frames);
  }

  /** The version that last changed a label, looking back from `version`. */
  since(version: number, frame_id: string, label_id: string): number {
    const labelIn = (v: number): string => stable(labelsOf(this.snapshots[v]!.get(frame_id)).get(label_id));
    let since = version;
    while (labelIn(since - 1) === labelIn(version)) since--;
    return since;
  }

  private changedIn(version: number): string[] {
    const before = this.snapshots[version - 1]!;
    const after = this.snapshots[version]!;
    return [...new Set([...before.keys(), ...after.keys()])].filter(
      (id) => stable(before.get(id)) !== stable(after.get(id)),
    );
  }

  private push(frames: Frames): void {
    const same = stable([...frames].sort().map(([id, frame]) => [id, frame]));
    const head = stable([...this.snapshots[this.head]!].sort().map(([id, frame]) => [id, frame]));
    if (same !== head) this.snapshots.push(frames);
  }
}

function applyItem(frames: Frames, { op, frame_id, frame, keep_embeddings, if_missing }: JsonObject): void {
  const id = frame_id as string;
  const current = frames.get(id);
  if (op === 'delete') frames.delete(id);
  else if (op === 'put') frames.set(id, putFrame(current, frame as JsonObject, keep_embeddings === true));
  else if (current !== undefined) {
    const patched = patchFrame(current, frame as JsonObject, if_missing === 'skip');
    if (patched !== null) frames.set(id, patched);
  }
}

function putFrame(current: JsonObject | undefined, raw: JsonObject, keep: boolean): JsonObject {
  const frame = plainFrame(raw);
  if (!keep || current === undefined) return frame;
  if (frame.embedding === undefined && current.embedding !== undefined) frame.embedding = current.embedding;
  for (const [label_id, label] of labelsOf(frame)) {
    const stored = labelsOf(current).get(label_id)?.embedding;
    if (label.embedding === undefined && stored !== undefined) label.embedding = stored;
  }
  return frame;
}

/** Null when the patch fails. */
function patchFrame(current: JsonObject, raw: JsonObject, skip: boolean): JsonObject | null {
  const { metadata, labels, ...parts } = raw;
  const frame = structuredClone(current);
  Object.assign(frame, plainFrame({ ...parts, metadata: {}, labels: [] }, Object.keys(parts)));
  if (metadata === null) frame.metadata = {};
  else if (metadata !== undefined)
    frame.metadata = withoutNulls({ ...(frame.metadata as JsonObject), ...(metadata as JsonObject) });
  const list = labelsOf(frame);
  const changes = (labels ?? {}) as Record<string, Json[] | undefined>;
  for (const label of (changes.upsert ?? []) as JsonObject[]) list.set(label.label_id as string, plainLabel(label));
  for (const label_id of changes.delete ?? []) list.delete(label_id as string);
  for (const merge of (changes.merge ?? []) as JsonObject[]) {
    const label = list.get(merge.label_id as string);
    if (label === undefined) {
      if (skip) continue;
      return null;
    }
    const fields = 'metadata' in merge ? { ...merge, metadata: mergeMetadata(label.metadata, merge.metadata!) } : merge;
    list.set(merge.label_id as string, withoutNulls({ ...label, ...fields }));
  }
  frame.labels = sortLabels([...list.values()]);
  return frame;
}

function mergeMetadata(current: Json | undefined, change: Json): Json {
  if (change === null) return null;
  const merged: JsonObject = { ...(current as JsonObject | undefined), ...(change as JsonObject) };
  for (const key of Object.keys(change)) if (merged[key] === null) delete merged[key];
  return Object.keys(merged).length === 0 ? null : merged;
}

/** The frame as reads should show it, embeddings as references; of a patch only the parts it names. */
function plainFrame(raw: JsonObject, named?: string[]): JsonObject {
  const frame: JsonObject = { sensor_data: [], custom_metrics: {}, ...withoutNulls(raw) };
  if (frame.embedding !== undefined) frame.embedding = reference(frame.embedding);
  frame.labels = sortLabels(((raw.labels ?? []) as JsonObject[]).map(plainLabel));
  if (named === undefined) return frame;
  return Object.fromEntries(named.map((part) => [part, frame[part]!]));
}

function plainLabel(raw: JsonObject): JsonObject {
  const label: JsonObject = { geometry: {}, ...raw };
  if (raw.embedding !== undefined) label.embedding = reference(raw.embedding);
  return label;
}

function reference(embedding: Json): JsonObject {
  const { model, vector } = (Array.isArray(embedding) ? { vector: embedding } : embedding) as JsonObject;
  const bytes = Buffer.alloc((vector as number[]).length * 4);
  (vector as number[]).forEach((value, index) => bytes.writeFloatLE(value + 0, index * 4));
  const known: JsonObject = { dimension: (vector as number[]).length, digest: sha256(bytes) };
  return model === undefined ? known : { model, ...known };
}

function labelsOf(frame: JsonObject | undefined): Map<string, JsonObject> {
  return new Map(((frame?.labels ?? []) as JsonObject[]).map((label) => [label.label_id as string, label]));
}

function sortLabels(labels: JsonObject[]): JsonObject[] {
  return labels.sort((a, b) => Buffer.compare(Buffer.from(a.label_id as string), Buffer.from(b.label_id as string)));
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined));
}
