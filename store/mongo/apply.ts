import { Binary, type ClientSession } from 'mongodb';
import type { ChunkResult, CommitRecord, PackedRevisions } from '../commit-store';
import { bodyOf } from './chunk-lines';
import type { Database } from './database';
import type { EmbeddingDoc } from './documents';
import { insertPacked } from './insert-packed';
import { revisionId } from './revision-id';

/** Another attempt has applied or undone one of the chunks: its marker says so. */
class MarkerMoved extends Error {}

/** Ends a probe's transaction without a commit. */
class ProbeOver extends Error {}

/**
 * Step two of a commit, for a few chunks: their markers to DONE, old revisions closed, new ones written, in one
 * transaction. The marker is written, not only read, so that a late attempt cannot commit after an undo.
 */
export async function apply(database: Database, commit: CommitRecord, results: ChunkResult[]): Promise<boolean> {
  const { c, transaction } = database;
  const closes = results.flatMap((result) => result.closes);
  const embeddings = results.flatMap((result) => result.vectors.map((entry) => toEmbeddingDoc(commit, entry)));
  try {
    await transaction(async (session) => {
      await markDone(database, session, commit, results);
      if (closes.length > 0)
        await c.frames.updateMany({ _id: { $in: closes } }, { $set: { to: commit.version } }, { session });
      await insertPacked(
        database,
        session,
        results.map((result) => result.revisions),
      );
      if (embeddings.length > 0) await c.embeddings.insertMany(embeddings, { session });
    });
    return true;
  } catch (error) {
    if (error instanceof MarkerMoved) return false;
    throw error;
  }
}

/** Writes revisions and takes them back, to learn what the store has against them. */
export async function probe(database: Database, revisions: PackedRevisions): Promise<void> {
  try {
    await database.transaction(async (session) => {
      await insertPacked(database, session, [revisions]);
      throw new ProbeOver();
    });
  } catch (error) {
    if (!(error instanceof ProbeOver)) throw error;
  }
}

async function markDone(
  { c }: Database,
  session: ClientSession,
  commit: CommitRecord,
  results: ChunkResult[],
): Promise<void> {
  const { matchedCount } = await c.chunks.bulkWrite(
    results.map(({ chunk, outcomes, ops, errors, counts, hash_delta, schema, failed_lines }) => ({
      updateOne: {
        filter: { _id: chunk.chunk_id, state: 'WAITING' },
        update: {
          $set: {
            state: 'DONE',
            commit_id: commit.commit_id,
            version: commit.version,
            outcomes,
            ops,
            errors,
            counts,
            hash_delta,
            schema,
            ...(commit.refusal ? { kept: 'all' } : failed_lines.length > 0 ? { kept: 'failed' } : {}),
          },
        },
      },
    })),
    { session, ordered: true },
  );
  if (matchedCount !== results.length) throw new MarkerMoved();
  if (commit.refusal) return;
  const failing = results.filter((result) => result.failed_lines.length > 0);
  const done = results.filter((result) => result.failed_lines.length === 0).map((result) => result.chunk.chunk_id);
  if (done.length > 0) await c.bodies.deleteMany({ _id: { $in: done } }, { session });
  for (const { chunk, failed_lines } of failing)
    await c.bodies.updateOne(
      { _id: chunk.chunk_id },
      { $set: { body: bodyOf(failed_lines.map(({ line }) => line)) } },
      { session },
    );
}

function toEmbeddingDoc(commit: CommitRecord, { frame_id, vectors }: ChunkResult['vectors'][number]): EmbeddingDoc {
  return {
    _id: revisionId(commit.key, commit.version, frame_id),
    dataset: commit.key,
    frame_id,
    from: commit.version,
    commit_id: commit.commit_id,
    frame: vectors.frame && toBinary(vectors.frame),
    labels: [...vectors.labels].map(([label_id, vector]) => ({ label_id, vector: toBinary(vector) })),
  };
}

/** Float32Array is little-endian on every platform that Node runs on. */
function toBinary(vector: Float32Array): Binary {
  return new Binary(Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength));
}
