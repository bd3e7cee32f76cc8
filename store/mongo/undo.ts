import { FOREVER } from '../../domain/revision';
import type { CommitRecord, Published } from '../commit-store';
import { chunkId } from './chunk-id';
import type { Database } from './database';
import { revisionId } from './revision-id';
import { settleUpload } from './settle-upload';

/**
 * Takes back what a cancelled BATCH has written so far. Each chunk's marker goes to ABORTED in the transaction that
 * removes its revisions, so an attempt that comes late finds the marker moved. Safe to repeat; ends the commit.
 */
export async function undo(database: Database, commit: CommitRecord): Promise<Published> {
  const { c, transaction } = database;
  for (const part of commit.parts)
    for (let index = part.from_chunk; index < part.to_chunk; index++)
      await undoChunk(database, commit, chunkId(part.submission_id, index));
  const uploads = [...new Set(commit.parts.map((part) => part.upload_id))];
  await transaction(async (session) => {
    const { matchedCount } = await c.commits.updateOne(
      { _id: commit.commit_id, state: 'PENDING' },
      { $set: { state: 'ABORTED' } },
      { session },
    );
    if (matchedCount === 0) return;
    await c.datasets.updateOne(
      { _id: commit.key, pending_commit: commit.commit_id },
      { $set: { pending_commit: null } },
      { session },
    );
    await c.windows.updateMany(
      { commit_id: commit.commit_id, upload_id: { $in: uploads } },
      { $set: { state: 'CANCELLED' } },
      { session },
    );
    for (const upload_id of uploads) {
      const upload = await c.uploads.findOneAndUpdate(
        { _id: upload_id },
        [{ $set: { 'counts.not_applied': '$counts.received' } }],
        { session, returnDocument: 'after' },
      );
      if (upload) await settleUpload(c, session, upload);
    }
  });
  return { state: 'ABORTED', version: commit.version, ended: uploads };
}

async function undoChunk({ c, transaction }: Database, commit: CommitRecord, chunk_id: string): Promise<void> {
  await transaction(async (session) => {
    const chunk = await c.chunks.findOneAndUpdate(
      { _id: chunk_id, state: { $ne: 'ABORTED' } },
      { $set: { state: 'ABORTED' } },
      { session, returnDocument: 'before', projection: { state: 1, frame_ids: 1 } },
    );
    if (!chunk) return;
    await c.bodies.deleteOne({ _id: chunk_id }, { session });
    if (chunk.state !== 'DONE') return;
    const { key: dataset, version, commit_id } = commit;
    const frame_ids = chunk.frame_ids.filter((id) => id !== null);
    const written = { _id: { $in: frame_ids.map((id) => revisionId(dataset, version, id)) }, commit_id };
    await c.frames.deleteMany(written, { session });
    await c.frames.updateMany(
      { dataset, frame_id: { $in: frame_ids }, to: version },
      { $set: { to: FOREVER } },
      { session },
    );
    await c.embeddings.deleteMany(written, { session });
  });
}
