import type { Change } from '../domain/diff';
import { diffFrames, diffLabels } from '../domain/diff';
import type { FrameContent, StoredLabel } from '../domain/frame';
import type { DatasetRecord, RevisionRecord } from '../store/records';
import type { FrameStore, Page } from '../store/store';

/** One step of a frame or label: the revision that wrote it, what it was, what it became (null: absent). */
export interface Step<T> {
  revision: RevisionRecord;
  kind: 'added' | 'updated' | 'deleted';
  changes: Change[];
  became: T | null;
}

/** Revisions that are read at once while looking for those that changed a label. */
const BATCH = 100;

/** The steps of a frame, newest first; the cursor is a version. */
export async function frameHistory(
  frames: FrameStore,
  { key, head }: DatasetRecord,
  frame_id: string,
  { after, limit }: { after?: number; limit: number },
): Promise<Page<Step<FrameContent<StoredLabel>>, number>> {
  // One more than asked for, since a step needs the revision before it.
  const revisions = await frames.history(key, head, frame_id, { before: after, limit: limit + 1 });
  const steps = revisions.slice(0, limit).map((revision, index) => {
    const [before, became] = [contentOf(revisions[index + 1]), contentOf(revision)];
    return { revision, kind: kindOf(before, became), changes: diffFrames(before, became), became };
  });
  return { items: steps, next: revisions.length > limit ? (steps.at(-1)?.revision.from ?? null) : null };
}

/** The steps of one label, newest first; the cursor is a version. Costs what the frame's history is long. */
export async function labelHistory(
  frames: FrameStore,
  { key, head }: DatasetRecord,
  frame_id: string,
  label_id: string,
  { after, limit }: { after?: number; limit: number },
): Promise<Page<Step<StoredLabel>, number>> {
  const steps: Step<StoredLabel>[] = [];
  let before = after;
  while (steps.length <= limit) {
    const revisions = await frames.history(key, head, frame_id, { before, limit: BATCH + 1 });
    for (const [index, revision] of revisions.slice(0, BATCH).entries()) {
      const [old, became] = [labelOf(revisions[index + 1], label_id), labelOf(revision, label_id)];
      const changes = diffLabels(old, became);
      if (changes.length > 0) steps.push({ revision, kind: kindOf(old, became), changes, became });
    }
    if (revisions.length <= BATCH) break;
    before = revisions[BATCH - 1]?.from;
  }
  const items = steps.slice(0, limit);
  return { items, next: steps.length > limit ? (items.at(-1)?.revision.from ?? null) : null };
}

function contentOf(revision: RevisionRecord | undefined): FrameContent<StoredLabel> | null {
  return revision === undefined || revision.deleted ? null : revision.content;
}

function labelOf(revision: RevisionRecord | undefined, label_id: string): StoredLabel | null {
  return contentOf(revision)?.labels?.find((label) => label.label_id === label_id) ?? null;
}

/** What happened between two states, null being absent. */
export function kindOf(before: object | null, after: object | null): Step<never>['kind'] {
  if (after === null) return 'deleted';
  return before === null ? 'added' : 'updated';
}
