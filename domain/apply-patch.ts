import { compareUtf8 } from './ids';
import { inside, Problem, quote } from './problem';
import { mergeLabel } from './merge-label';
import { plainLabel } from './content-hash';
import { REPLACED_PARTS } from './read-frame';
import { sortedKeys } from './free-json';
import type { FrameContent, Label, MetadataValue, StoredLabel } from './frame';
import type { JsonObject } from './json';
import type { PatchItem } from './item';
import type { ReplacedPart } from './read-frame';

/**
 * The frame's content after a patch, in normal form, labels without `since`. Throws a Problem when a label to merge is
 * absent (unless `if_missing` is `skip`) or is no legal label afterwards.
 */
export function applyPatch(current: FrameContent<StoredLabel>, patch: PatchItem): FrameContent {
  const content: FrameContent = {};
  for (const part of REPLACED_PARTS) {
    // Metadata stands before custom metrics in normal form.
    if (part === 'custom_metrics') setMetadata(content, current, patch);
    setPart(content, part, current, patch);
  }
  const labels = patchLabels(current.labels ?? [], patch);
  if (labels.length > 0) content.labels = labels;
  return content;
}

function setPart<K extends ReplacedPart>(
  content: FrameContent,
  part: K,
  current: FrameContent<StoredLabel>,
  patch: PatchItem,
): void {
  const given = patch.parts[part];
  const value = given === undefined ? current[part] : (given ?? undefined);
  if (value !== undefined) content[part] = value as FrameContent[K];
}

function setMetadata(content: FrameContent, current: FrameContent<StoredLabel>, patch: PatchItem): void {
  if (patch.metadata === null) return;
  const merged: Record<string, MetadataValue | null> = { ...current.metadata, ...patch.metadata };
  const kept = sortedKeys(merged as JsonObject).filter((key) => merged[key] !== null);
  if (kept.length > 0) content.metadata = Object.fromEntries(kept.map((key) => [key, merged[key] as MetadataValue]));
}

function patchLabels(current: readonly StoredLabel[], { labels: changes, if_missing, vectors }: PatchItem): Label[] {
  const labels = new Map<string, Label>(current.map((label) => [label.label_id, plainLabel(label)]));
  if (changes === undefined) return [...labels.values()];
  for (const label of changes.upsert) {
    const kept = vectors.kept?.labels.has(label.label_id) ? labels.get(label.label_id)?.embedding : undefined;
    labels.set(label.label_id, kept === undefined ? label : { ...label, embedding: kept });
  }
  changes.delete.forEach((label_id) => labels.delete(label_id));
  changes.merge.forEach((merge, index) => {
    const label = labels.get(merge.label_id);
    if (label === undefined) {
      if (if_missing === 'skip') return;
      throw labelNotFound(merge.label_id, index);
    }
    try {
      labels.set(merge.label_id, mergeLabel(label, merge));
    } catch (error) {
      throw inside(error, `labels.merge[${index}]`);
    }
  });
  return [...labels.values()].sort((a, b) => compareUtf8(a.label_id, b.label_id));
}

function labelNotFound(label_id: string, index: number): Problem {
  const message = `Expected a label ${quote(label_id)} to merge into, but the frame has none; upsert it as a whole label`;
  const problem = new Problem('label_not_found', message, `labels.merge[${index}].label_id`);
  problem.label_id = label_id;
  return problem;
}
