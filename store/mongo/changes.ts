import type { DatasetKey, RevisionRecord } from '../records';
import type { Page } from '../store';
import type { Database } from './database';
import { toRevision } from './revision';
import { revisionId, versionRange } from './revision-id';

export interface ChangedFrame {
  frame_id: string;
  old: RevisionRecord | null;
  new: RevisionRecord | null;
}

/**
 * Frames whose revision differs between versions a < b, in the order of their first change. Each is met once: of a
 * frame's revisions in (a, b] only the first has its predecessor at or before a. So the cost is that of the changes,
 * whatever the dataset's size. Where b < a the two sides are swapped.
 */
export async function changesBetween(
  { c }: Database,
  dataset: DatasetKey,
  a: number,
  b: number,
  { after, limit }: { after?: string; limit: number },
): Promise<Page<ChangedFrame>> {
  const [low, high] = a <= b ? [a, b] : [b, a];
  const first = await c.frames
    .find(
      { _id: { ...versionRange(dataset, low + 1, high), ...startOf(dataset, after) }, prev: { $lte: low } },
      { readConcern: { level: 'snapshot' } },
    )
    .sort({ _id: 1 })
    .limit(limit + 1)
    .toArray();
  const page = first.slice(0, limit);
  const frame_ids = page.map((doc) => doc.frame_id);
  const [olds, news] = await Promise.all([at(low), at(high)]);
  const last = page.at(-1);
  return {
    items: page.flatMap(({ frame_id }) => {
      const [older, newer] = [olds.get(frame_id) ?? null, news.get(frame_id) ?? null];
      if (!older && !newer) return [];
      return a <= b ? { frame_id, old: older, new: newer } : { frame_id, old: newer, new: older };
    }),
    next: first.length > limit && last ? `${last.from}.${last.frame_id}` : null,
  };

  async function at(version: number): Promise<Map<string, RevisionRecord>> {
    const docs = await c.frames
      .find(
        { dataset, frame_id: { $in: frame_ids }, to: { $gt: version }, from: { $lte: version }, deleted: false },
        { readConcern: { level: 'snapshot' } },
      )
      .toArray();
    return new Map(docs.map((doc) => [doc.frame_id, toRevision(doc)]));
  }
}

/** The cursor is `<from>.<frame_id>` of the last entry's first change. */
function startOf(dataset: DatasetKey, after: string | undefined): { $gt?: string } {
  if (after === undefined) return {};
  const dot = after.indexOf('.');
  return { $gt: revisionId(dataset, Number(after.slice(0, dot)) || 0, after.slice(dot + 1)) };
}
