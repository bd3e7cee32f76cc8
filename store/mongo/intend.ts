import type { ClientSession } from 'mongodb';
import type { CommitPart, CommitPlan, CommitRecord } from '../commit-store';
import type { DatasetRecord } from '../records';
import type { Database } from './database';
import type { CommitDoc } from './documents';

/** Another actor was first, or a cancel took something out of the queue: plan again. */
class LostRace extends Error {}

/**
 * Step one of a commit: takes version head + 1, moves the queue's cursors past what the commit holds, and opens its
 * windows, all in one transaction guarded by head and by there being no pending commit.
 */
export async function intend(
  { c, transaction }: Database,
  dataset: DatasetRecord,
  plan: CommitPlan,
  queued: string[],
): Promise<CommitRecord | null> {
  try {
    return await transaction(async (session) => {
      const before = await c.datasets.findOne(
        { _id: dataset.key, head: dataset.head, pending_commit: null, state: 'ACTIVE' },
        { session, projection: { commits: 1 } },
      );
      if (!before) throw new LostRace();
      const commit_id = `${dataset.key}.${before.commits + 1}`;
      const { matchedCount } = await c.datasets.updateOne(
        { _id: dataset.key, head: dataset.head, pending_commit: null },
        { $set: { pending_commit: commit_id }, $inc: { commits: 1 } },
        { session },
      );
      if (matchedCount === 0) throw new LostRace();
      if (plan.kind === 'stream') await takeChunks(c, session, plan.parts);
      else await takeUpload(c, session, plan, queued);
      const uploads = await openWindows(c, session, dataset.key, commit_id, plan, queued);
      const doc: CommitDoc = {
        _id: commit_id,
        dataset: dataset.key,
        ...plan,
        version: dataset.head + 1,
        state: 'PENDING',
        decided: plan.kind === 'stream',
        ...uploads,
      };
      await c.commits.insertOne(doc, { session });
      return toCommit(doc);
    });
  } catch (error) {
    if (error instanceof LostRace) return null;
    throw error;
  }
}

async function takeChunks(c: Database['c'], session: ClientSession, parts: CommitPart[]): Promise<void> {
  const { matchedCount } = await c.submissions.bulkWrite(
    parts.map(({ submission_id, from_chunk, to_chunk }) => ({
      updateOne: {
        filter: { _id: submission_id, state: 'WAITING', next_chunk: from_chunk },
        update: [
          {
            $set: {
              next_chunk: to_chunk,
              state: { $cond: [{ $gte: [to_chunk, '$chunks'] }, 'DRAINED', 'WAITING'] },
            },
          },
        ],
      },
    })),
    { session },
  );
  if (matchedCount !== parts.length) throw new LostRace();
}

async function takeUpload(c: Database['c'], session: ClientSession, plan: CommitPlan, queued: string[]): Promise<void> {
  const entry = await c.submissions.updateMany(
    { _id: { $in: queued }, state: 'WAITING' },
    { $set: { state: 'DRAINED' } },
    { session },
  );
  if (entry.matchedCount !== queued.length) throw new LostRace();
  if (plan.kind !== 'batch') return;
  const held = await c.submissions.updateMany(
    { _id: { $in: plan.parts.map((part) => part.submission_id) }, state: 'HELD' },
    { $set: { state: 'DRAINED' } },
    { session },
  );
  if (held.matchedCount !== plan.parts.length) throw new LostRace();
}

async function openWindows(
  c: Database['c'],
  session: ClientSession,
  dataset: number,
  commit_id: string,
  plan: CommitPlan,
  queued: string[],
): Promise<Pick<CommitDoc, 'windows' | 'created_by'>> {
  const received = new Map<string, number>();
  for (const part of plan.parts) received.set(part.upload_id, (received.get(part.upload_id) ?? 0) + part.items);
  if (plan.kind === 'restore')
    for (const { upload_id } of await c.submissions.find({ _id: { $in: queued } }, { session }).toArray())
      received.set(upload_id, 0);
  const windows: CommitDoc['windows'] = [];
  const created_by: Record<string, string> = {};
  for (const [upload_id, items] of received) {
    const upload = await c.uploads.findOneAndUpdate(
      { _id: upload_id },
      { $inc: { windows: 1 } },
      { session, returnDocument: 'before' },
    );
    if (!upload) throw new LostRace();
    created_by[upload_id] = upload.created_by;
    windows.push({ upload_id, window: upload.windows });
    await c.windows.insertOne(
      {
        _id: `${upload_id}/${upload.windows}`,
        upload_id,
        dataset,
        commit_id,
        window: upload.windows,
        state: 'PENDING',
        counts: { received: items, applied: 0, unchanged: 0, failed: 0, not_applied: 0, frames: 0, labels: 0 },
      },
      { session },
    );
  }
  return { windows, created_by };
}

export function toCommit({ _id, dataset, ...rest }: CommitDoc): CommitRecord {
  return { commit_id: _id, key: dataset, ...rest };
}
