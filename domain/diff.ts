import { compareUtf8 } from './ids';
import { equalJson, equalLabels } from './equal';
import { plainLabel } from './content-hash';
import type { FrameContent, Label } from './frame';
import type { Json, JsonObject } from './json';

/** One difference; `old` is absent for what was added, `new` for what was removed. */
export interface Change {
  /** `metadata.split`, `labels[b1-0].geometry.width`, `labels[b1-0]` for a whole label. For people to read. */
  path: string;
  old?: Json;
  new?: Json;
}

/** What changed inside a frame, by value; null stands for an absent frame. */
export function diffFrames(before: FrameContent | null, after: FrameContent | null): Change[] {
  const a = before ?? {};
  const b = after ?? {};
  const changes: Change[] = [];
  diffValue(changes, 'date_captured', a.date_captured, b.date_captured);
  diffValue(changes, 'device_id', a.device_id, b.device_id);
  // The order of sensors and coordinate frames is content, so these lists change as a whole.
  diffValue(changes, 'sensor_data', asJson(a.sensor_data), asJson(b.sensor_data));
  diffValue(changes, 'coordinate_frames', asJson(a.coordinate_frames), asJson(b.coordinate_frames));
  diffKeys(changes, 'geo', a.geo, b.geo);
  diffKeys(changes, 'metadata', a.metadata, b.metadata);
  diffKeys(changes, 'custom_metrics', a.custom_metrics, b.custom_metrics);
  diffValue(changes, 'embedding', asJson(a.embedding), asJson(b.embedding));
  diffLabelLists(changes, a.labels ?? [], b.labels ?? []);
  return changes;
}

/** What changed inside one label, by value, with paths relative to it; null stands for an absent label. */
export function diffLabels(before: Label | null, after: Label | null): Change[] {
  const changes: Change[] = [];
  diffLabelFields(changes, '', before ?? undefined, after ?? undefined);
  return changes;
}

/** Both lists are in byte order of their ids. */
function diffLabelLists(changes: Change[], before: readonly Label[], after: readonly Label[]): void {
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const old = before[i];
    const now = after[j];
    const order = old === undefined ? 1 : now === undefined ? -1 : compareUtf8(old.label_id, now.label_id);
    if (order < 0) {
      changes.push({ path: `labels[${old!.label_id}]`, old: asJson(plainLabel(old!))! });
      i++;
    } else if (order > 0) {
      changes.push({ path: `labels[${now!.label_id}]`, new: asJson(plainLabel(now!))! });
      j++;
    } else {
      if (!equalLabels(old!, now!)) diffLabelFields(changes, `labels[${old!.label_id}].`, old, now);
      i++;
      j++;
    }
  }
}

function diffLabelFields(changes: Change[], place: string, a: Label | undefined, b: Label | undefined): void {
  diffValue(changes, `${place}type`, a?.type, b?.type);
  diffValue(changes, `${place}class`, a?.class, b?.class);
  diffKeys(changes, `${place}geometry`, a?.geometry, b?.geometry);
  diffValue(changes, `${place}sensor_id`, a?.sensor_id, b?.sensor_id);
  diffValue(changes, `${place}coordinate_frame_id`, a?.coordinate_frame_id, b?.coordinate_frame_id);
  diffValue(changes, `${place}confidence`, a?.confidence, b?.confidence);
  diffValue(changes, `${place}iscrowd`, a?.iscrowd, b?.iscrowd);
  diffKeys(changes, `${place}secondary`, a?.secondary, b?.secondary);
  diffKeys(changes, `${place}links`, a?.links, b?.links);
  diffKeys(changes, `${place}metadata`, a?.metadata, b?.metadata);
  diffValue(changes, `${place}embedding`, asJson(a?.embedding), asJson(b?.embedding));
}

function diffKeys(changes: Change[], path: string, a: JsonObject | undefined, b: JsonObject | undefined): void {
  if (a === b) return;
  const keys = new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})]);
  for (const key of [...keys].sort()) diffValue(changes, `${path}.${key}`, own(a, key), own(b, key));
}

function diffValue(changes: Change[], path: string, before: Json | undefined, after: Json | undefined): void {
  if (equalJson(before, after)) return;
  const change: Change = { path };
  if (before !== undefined) change.old = before;
  if (after !== undefined) change.new = after;
  changes.push(change);
}

function own(object: JsonObject | undefined, key: string): Json | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The domain's types are JSON in memory; interfaces only lack the index signature that says so. */
function asJson(value: object | undefined): Json | undefined {
  return value as Json | undefined;
}
