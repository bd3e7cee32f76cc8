import { ObjectId, type ClientSession } from 'mongodb';
import { addHash, EMPTY_HASH, HashSum } from '../../domain/content-hash';
import { mergeSchemas, type DatasetSchema } from '../../domain/metadata-schema';
import type { ChunkCounts, CommitRecord, Published } from '../commit-store';
import { FINAL_STATES, type VersionRecord } from '../records';
import type { Database } from './database';
import type { DatasetDoc, UploadDoc } from './documents';
import { toCommit } from './intend';
import { settleUpload } from './settle-upload';

const COUNT_FIELDS = [
  'applied',
  'unchanged',
  'failed',
  'not_applied',
  'frames',
  'labels',
  'added',
  'updated',
  'deleted',
  'frames_delta',
  'labels_delta',
] as const satisfies readonly (keyof ChunkCounts)[];

type UploadSum = ChunkCounts & { _id: string; items: number; hashes: string[]; schemas: DatasetSchema[] };

/** The batch was cancelled between its last write and its publishing. */
class Cancelled extends Error {}

/**
 * Step three: sums the markers and makes the version, the new head, the windows' and the uploads' counts visible in one
 * transaction. Nothing changed: no version. Publishing again answers what the commit became.
 */
export async function publish(database: Database, commit_id: string): Promise<Published | 'cancelled'> {
  const { c, transaction } = database;
  const known = await c.commits.findOne({ _id: commit_id });
  if (!known) throw new Error(`There is no commit ${commit_id}`);
  const commit = toCommit(known);
  if (commit.state !== 'PENDING') return { state: commit.state, version: commit.version, ended: [] };
  const sums = await sumMarkers(database, commit);
  try {
    return await transaction(async (session) => {
      const dataset = await c.datasets.findOne({ _id: commit.key }, { session });
      if (!dataset) throw new Error(`The dataset of commit ${commit_id} is gone`);
      if (dataset.pending_commit !== commit_id) {
        const now = await c.commits.findOne({ _id: commit_id }, { session });
        return {
          state: now?.state === 'PENDING' ? 'ABORTED' : (now?.state ?? 'ABORTED'),
          version: commit.version,
          ended: [],
        };
      }
      const totals = total(sums);
      const changed = totals.added + totals.updated + totals.deleted > 0;
      const state = changed ? 'PUBLISHED' : 'EMPTY';
      const records: UploadDoc[] = [];
      for (const { upload_id, window } of known.windows)
        records.push(await settleWindow(database, session, commit, upload_id, window, sums.get(upload_id), changed));
      if (changed) await writeVersion(database, session, commit, dataset, sums, totals, records);
      await c.datasets.updateOne(
        { _id: commit.key },
        { $set: { pending_commit: null, ...(changed ? nextHead(commit, dataset, sums, totals) : {}) } },
        { session },
      );
      await c.commits.updateOne({ _id: commit_id }, { $set: { state } }, { session });
      const ended = records.filter((upload) => upload.kind !== 'DIRECT' && FINAL_STATES.includes(upload.state));
      return { state, version: commit.version, ended: ended.map((upload) => upload._id) };
    });
  } catch (error) {
    if (error instanceof Cancelled) return 'cancelled';
    throw error;
  }
}

/** Adds up the chunks' markers by upload; every chunk must be DONE. */
async function sumMarkers({ c }: Database, commit: CommitRecord): Promise<Map<string, UploadSum>> {
  const rows = await c.chunks
    .aggregate<UploadSum>([
      { $match: { commit_id: commit.commit_id, state: 'DONE' } },
      {
        $group: {
          _id: '$upload_id',
          items: { $sum: '$items' },
          ...Object.fromEntries(COUNT_FIELDS.map((field) => [field, { $sum: `$counts.${field}` }])),
          hashes: { $push: '$hash_delta' },
          schemas: { $push: '$schema' },
        },
      },
    ])
    .toArray();
  const expected = commit.parts.reduce((sum, part) => sum + part.items, 0);
  const found = rows.reduce((sum, row) => sum + row.items, 0);
  if (found !== expected) throw new Error(`Commit ${commit.commit_id} has ${found} of ${expected} items decided`);
  return new Map(rows.map((row) => [row._id, row]));
}

function total(sums: Map<string, UploadSum>): ChunkCounts {
  return Object.fromEntries(
    COUNT_FIELDS.map((field) => [field, [...sums.values()].reduce((sum, row) => sum + row[field], 0)]),
  ) as unknown as ChunkCounts;
}

async function settleWindow(
  { c }: Database,
  session: ClientSession,
  commit: CommitRecord,
  upload_id: string,
  window: number,
  sum: UploadSum | undefined,
  changed: boolean,
): Promise<UploadDoc> {
  const counts = {
    applied: sum?.applied ?? 0,
    unchanged: sum?.unchanged ?? 0,
    failed: sum?.failed ?? 0,
    not_applied: sum?.not_applied ?? 0,
    frames: sum?.frames ?? 0,
    labels: sum?.labels ?? 0,
  };
  const wrote = changed && counts.applied > 0;
  const upload = await c.uploads.findOneAndUpdate(
    { _id: upload_id },
    [
      {
        $set: {
          ...Object.fromEntries(
            Object.entries(counts).map(([field, n]) => [`counts.${field}`, { $add: [`$counts.${field}`, n] }]),
          ),
          ...(wrote
            ? { first_version: { $ifNull: ['$first_version', commit.version] }, last_version: commit.version }
            : {}),
          ...(commit.refusal ? { error: { $literal: commit.refusal } } : {}),
        },
      },
    ],
    { session, returnDocument: 'after' },
  );
  if (!upload) throw new Error(`The upload ${upload_id} is gone`);
  if (commit.kind === 'batch' && upload.cancelled && !commit.refusal) throw new Cancelled();
  await c.windows.updateOne(
    { upload_id, window },
    {
      $set: {
        state: commit.refusal ? 'REFUSED' : 'DONE',
        counts: { ...counts, received: sum?.items ?? 0 },
        ...(wrote ? { version: commit.version } : {}),
      },
    },
    { session },
  );
  return settleUpload(c, session, upload);
}

async function writeVersion(
  { c }: Database,
  session: ClientSession,
  commit: CommitRecord,
  dataset: DatasetDoc,
  sums: Map<string, UploadSum>,
  totals: ChunkCounts,
  uploads: UploadDoc[],
): Promise<void> {
  const head = nextHead(commit, dataset, sums, totals);
  const version: VersionRecord = {
    version: commit.version,
    created_at: head.published_at,
    kind: uploads[0]?.kind ?? 'STREAMING',
    uploads: uploads.map((upload) => {
      const sum = sums.get(upload._id);
      const { applied = 0, unchanged = 0, failed = 0, not_applied = 0, frames = 0, labels = 0 } = sum ?? {};
      return {
        upload_id: upload._id,
        kind: upload.kind,
        created_by: upload.created_by,
        message: upload.message,
        counts: { applied, unchanged, failed, not_applied, frames, labels },
      };
    }),
    tags: [],
    counts: { added: totals.added, updated: totals.updated, deleted: totals.deleted, ...head.counts },
    content_hash: head.content_hash,
    pruned: false,
    ...(dataset.inference?.base_version != null && { base_version: dataset.inference.base_version }),
  };
  await c.versions.insertOne({ _id: new ObjectId(), dataset: commit.key, ...version }, { session });
}

/** What the dataset says of its new head. The publish instant rises strictly, whatever the clock does. */
function nextHead(commit: CommitRecord, dataset: DatasetDoc, sums: Map<string, UploadSum>, totals: ChunkCounts) {
  const rows = [...sums.values()];
  const delta = new HashSum(EMPTY_HASH);
  for (const row of rows) for (const hash of row.hashes) delta.add(hash);
  const fixed = rows.flatMap((row) => row.schemas.filter((schema) => schema != null));
  return {
    head: commit.version,
    content_hash: addHash(dataset.content_hash, delta.toString()),
    counts: {
      frames: dataset.counts.frames + totals.frames_delta,
      labels: dataset.counts.labels + totals.labels_delta,
    },
    // A batch was decided as a whole before it was written: its chunks found every type fixed already.
    schema: fixed.reduce(
      (schema, one) => mergeSchemas(schema, one),
      mergeSchemas(dataset.schema, commit.schema ?? { metadata: {} }),
    ),
    published_at: new Date(Math.max(Date.now(), (dataset.published_at?.getTime() ?? 0) + 1)),
    ...(commit.kind === 'batch' && dataset.mode === 'BATCH' ? { immutable: true } : {}),
  };
}
