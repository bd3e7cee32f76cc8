import { Binary, MongoServerError, type ClientSession } from 'mongodb';
import { FOREVER } from '../../domain/revision';
import type { ChunkResult, CommitRecord, NewRevision } from '../commit-store';
import { bodyOf } from './chunk-lines';
import type { Database } from './database';
import type { EmbeddingDoc, FrameDoc } from './documents';
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
  const docs = results.flatMap((result) =>
    result.revisions.map((revision) => toFrameDoc(commit, result.chunk.upload_id, revision)),
  );
  const closes = results.flatMap((result) => result.closes);
  const embeddings = results.flatMap((result) => result.vectors.map((entry) => toEmbeddingDoc(commit, entry)));
  try {
    await transaction(async (session) => {
      await markDone(database, session, commit, results);
      if (closes.length > 0)
        await c.frames.updateMany({ _id: { $in: closes } }, { $set: { to: commit.version } }, { session });
      if (docs.length > 0) await insertFrames(database, session, docs);
      if (embeddings.length > 0) await c.embeddings.insertMany(embeddings, { session });
    });
    return true;
  } catch (error) {
    if (error instanceof MarkerMoved) return false;
    throw error;
  }
}

/** Writes revisions and takes them back, to learn what the store has against them. */
export async function probe(database: Database, commit: CommitRecord, revisions: NewRevision[]): Promise<void> {
  try {
    await database.transaction(async (session) => {
      await insertFrames(
        database,
        session,
        revisions.map((revision) => toFrameDoc(commit, '', revision)),
      );
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

/**
 * The plain command: `insertMany` would compute every document's size once more before it serialises it. In a
 * transaction the driver's retries do not apply anyway.
 */
async function insertFrames({ db, c }: Database, session: ClientSession, docs: FrameDoc[]): Promise<void> {
  const answer = (await db.command(
    { insert: c.frames.collectionName, documents: docs, ordered: true },
    { session, ignoreUndefined: true },
  )) as {
    n: number;
    writeErrors?: { code: number; errmsg: string }[];
  };
  // A plain command answers what it could not write; nothing throws.
  const [refused] = answer.writeErrors ?? [];
  if (refused) throw new MongoServerError({ ...refused, message: refused.errmsg });
  if (answer.n !== docs.length) throw new Error(`Of ${docs.length} revisions ${answer.n} were written`);
}

function toFrameDoc(commit: CommitRecord, upload_id: string, revision: NewRevision): FrameDoc {
  return {
    _id: revisionId(commit.key, commit.version, revision.frame_id),
    dataset: commit.key,
    frame_id: revision.frame_id,
    from: commit.version,
    to: FOREVER,
    prev: revision.prev,
    deleted: revision.deleted,
    hash: revision.hash,
    commit_id: commit.commit_id,
    upload_id,
    created_by: commit.created_by[upload_id] ?? '',
    vectors_from: revision.vectors_from,
    line_digest: revision.line_digest,
    ...revision.content,
  };
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
