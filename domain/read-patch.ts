import { checkFields, readList, readObject } from './fields';
import { inside, Problem, quote } from './problem';
import { readFrameObject, readPart, REPLACED_PARTS } from './read-frame';
import { readId } from './ids';
import { readLabelMerge } from './merge-label';
import { readLabels } from './read-label';
import { readMetadataPatch } from './read-metadata';
import type { ItemContext } from './item-context';
import type { ItemVectors } from './item-vectors';
import type { Json, JsonObject } from './json';
import type { PatchItem } from './item';
import type { ReplacedPart } from './read-frame';

const LABEL_CHANGES: ReadonlySet<string> = new Set(['upsert', 'merge', 'delete']);

export type FramePatch = Pick<PatchItem, 'parts' | 'metadata' | 'labels' | 'vectors'>;

/** What a patch carries under `frame`, each part in normal form. */
export function readPatch(value: Json | undefined, frame_id: string, context: ItemContext): FramePatch {
  const raw = readFrameObject(value, frame_id);
  const vectors: ItemVectors = { labels: new Map() };
  const parts: PatchItem['parts'] = {};
  for (const part of REPLACED_PARTS) {
    if (raw[part] !== undefined) setPart(parts, part, raw, context, vectors);
  }
  const patch: FramePatch = { parts, vectors };
  if (raw.metadata !== undefined) patch.metadata = readMetadataPatch(raw.metadata);
  if (raw.labels !== undefined) patch.labels = readLabelChanges(raw.labels, context, vectors);
  return patch;
}

function setPart<K extends ReplacedPart>(
  parts: PatchItem['parts'],
  part: K,
  raw: JsonObject,
  context: ItemContext,
  vectors: ItemVectors,
): void {
  const value = readPart(part, raw, context, vectors);
  // What is to be kept is a part that the patch does not name.
  if (part === 'embedding' && vectors.kept?.frame === true) return;
  parts[part] = value ?? null;
}

function readLabelChanges(value: Json, context: ItemContext, vectors: ItemVectors): PatchItem['labels'] {
  if (value === null || Array.isArray(value)) {
    const given = value === null ? 'null' : 'a list';
    throw new Problem(
      'invalid_value',
      `Expected {upsert: [whole labels], merge: [changed fields], delete: [label ids]} in a patch, got ${given}`,
      'labels',
    );
  }
  const raw = readObject(value, 'labels');
  try {
    checkFields(raw, LABEL_CHANGES);
    const changes = {
      upsert: readLabels(raw.upsert, 'upsert', context, vectors),
      merge: readList(raw.merge, 'merge').map((entry, index) => {
        try {
          return readLabelMerge(entry, context, vectors);
        } catch (error) {
          throw inside(error, `merge[${index}]`);
        }
      }),
      delete: readList(raw.delete, 'delete').map((entry, index) => readId(entry, `delete[${index}]`)),
    };
    refuseSharedIds(changes);
    return changes;
  } catch (error) {
    throw inside(error, 'labels');
  }
}

/** One patch changes a label in one way only, so that the order of the three lists means nothing. */
function refuseSharedIds(changes: NonNullable<PatchItem['labels']>): void {
  const seen = new Set<string>(changes.upsert.map((label) => label.label_id));
  const see = (label_id: string, path: string): void => {
    if (seen.has(label_id)) {
      const problem = new Problem(
        'duplicate_label_id',
        `Label id ${quote(label_id)} is named twice in the patch`,
        path,
      );
      problem.label_id = label_id;
      throw problem;
    }
    seen.add(label_id);
  };
  changes.merge.forEach(({ label_id }, index) => see(label_id, `merge[${index}].label_id`));
  changes.delete.forEach((label_id, index) => see(label_id, `delete[${index}]`));
}
