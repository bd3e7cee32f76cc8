import type { UploadError } from '../../domain/upload';
import type { CommitRecord } from '../commit-store';
import { CHUNK_ITEMS } from '../staging';
import type { RestorePlan } from '../records';
import { chunkId } from './chunk-id';
import type { Database } from './database';
import type { ChunkDoc } from './documents';
import { toCommit } from './intend';
import { restoreTargets, type RestoreTarget } from './restore-targets';

/** How many frames a refusal names. */
const NAMED_CONFLICTS = 100;

/**
 * Writes a rollback or revert as chunks of the frames it touches, against the head of its turn. Head stands still while
 * the commit is pending, so a repeated attempt writes the same chunks again.
 */
export async function planRestore(database: Database, commit: CommitRecord): Promise<CommitRecord> {
  const { c } = database;
  const [window] = (await c.commits.findOne({ _id: commit.commit_id }))?.windows ?? [];
  const upload = window && (await c.uploads.findOne({ _id: window.upload_id }));
  if (!upload?.plan) throw new Error(`Commit ${commit.commit_id} has no plan to restore by`);
  const submission_id = restoreSubmission(upload._id);
  const conflicts: string[] = [];
  const buffered: RestoreTarget[] = [];
  let [index, items] = [0, 0];
  for await (const targets of restoreTargets(database, commit.key, commit.version - 1, upload.plan)) {
    conflicts.push(...targets.filter((target) => target.conflict).map((target) => target.frame_id));
    buffered.push(...targets);
    while (buffered.length >= CHUNK_ITEMS) await put(buffered.splice(0, CHUNK_ITEMS));
  }
  if (buffered.length > 0) await put(buffered);
  const refusal: UploadError | undefined =
    conflicts.length > 0
      ? {
          code: 'revert_conflict',
          message: `${conflicts.length} frames were changed by other uploads since; nothing was written`,
          frames: conflicts.slice(0, NAMED_CONFLICTS),
        }
      : undefined;
  return seal(database, commit, upload._id, upload.plan, refusal ? 0 : index, refusal ? 0 : items, refusal);

  async function put(targets: RestoreTarget[]): Promise<void> {
    const doc: ChunkDoc = {
      _id: chunkId(submission_id, index),
      upload_id: upload?._id ?? '',
      index,
      offset: items,
      items: targets.length,
      bytes: 0,
      frame_ids: targets.map((target) => target.frame_id),
      lines: [],
      broken: [],
      targets: targets.map((target) => target.target),
      state: 'WAITING',
    };
    await c.chunks.replaceOne({ _id: doc._id, state: 'WAITING' }, doc, { upsert: true });
    index++;
    items += targets.length;
  }
}

/** The submission that a restore's chunks belong to. */
const restoreSubmission = (upload_id: string): string => `${upload_id}.frames`;

async function seal(
  { c, transaction }: Database,
  commit: CommitRecord,
  upload_id: string,
  plan: RestorePlan,
  chunks: number,
  items: number,
  refusal: CommitRecord['refusal'],
): Promise<CommitRecord> {
  const submission_id = restoreSubmission(upload_id);
  return transaction(async (session) => {
    const standing = await c.commits.findOne({ _id: commit.commit_id }, { session });
    if (!standing) throw new Error(`There is no commit ${commit.commit_id}`);
    if (standing.decided) return toCommit(standing);
    const parts = chunks === 0 ? [] : [{ submission_id, upload_id, from_chunk: 0, to_chunk: chunks, items }];
    await c.submissions.updateOne(
      { _id: submission_id },
      {
        $setOnInsert: {
          dataset: commit.key,
          upload_id,
          kind: 'restore',
          state: 'DRAINED',
          first_item: 0,
          items,
          chunks,
          next_chunk: chunks,
          created_at: new Date(),
        },
      },
      { session, upsert: true },
    );
    await c.uploads.updateOne({ _id: upload_id }, { $set: { 'counts.received': items, plan } }, { session });
    await c.windows.updateOne(
      { commit_id: commit.commit_id, upload_id },
      { $set: { 'counts.received': items } },
      { session },
    );
    const change = { parts, decided: true, ...(refusal ? { refusal } : {}) };
    await c.commits.updateOne({ _id: commit.commit_id }, { $set: change }, { session });
    return toCommit({ ...standing, ...change });
  });
}
