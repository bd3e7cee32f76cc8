import type { ErrorCode } from '../../domain/error-codes';
import { StoreError } from '../errors';
import type { ItemError, ItemRecord, ItemState } from '../records';
import type { Page } from '../store';
import { chunkId } from './chunk-id';
import type { Collections } from './database';
import type { ChunkDoc, CommitDoc, SubmissionDoc, UploadDoc } from './documents';
import { pageOf } from './page';
import { revisionId } from './revision-id';
import { isPacked, packedChunk } from './unpack';

const STATES: Record<string, ItemState> = { A: 'APPLIED', U: 'UNCHANGED', F: 'FAILED', N: 'NOT_APPLIED' };
const OPS: Record<string, ItemRecord['op']> = { p: 'put', m: 'patch', d: 'delete', r: 'restore' };

type Row = ItemRecord & { error?: ItemError };

/** A page of an upload's items, read from the outcomes packed into its chunks. */
export async function uploadItems(
  c: Collections,
  upload: UploadDoc,
  filter: { state?: ItemState; q?: string },
  { after, limit }: { after?: number; limit: number },
): Promise<Page<ItemRecord, number>> {
  const found: Row[] = [];
  const start = (after ?? -1) + 1;
  const standing = commitStandings(c);
  for await (const { submission, chunk } of chunksFrom(c, upload, start)) {
    for (const row of await chunkRows(c, standing, submission, chunk)) {
      if (row.item < start) continue;
      if (filter.state && row.state !== filter.state) continue;
      if (filter.q !== undefined && !row.frame_id?.includes(filter.q)) continue;
      found.push(row);
    }
    if (found.length > limit) break;
  }
  const page = pageOf(found, limit, (row) => row.item);
  return { items: await withLabelIds(c, upload.dataset, page.items), next: page.next };
}

/** One item's standing; throws `upload_not_found` when the upload has no such item. */
export async function itemOutcome(
  c: Collections,
  upload_id: string,
  item: number,
): Promise<{ item: ItemRecord; error?: ItemError }> {
  const upload = await c.uploads.findOne({ _id: upload_id });
  if (upload)
    for await (const { submission, chunk } of chunksFrom(c, upload, item, 1)) {
      const row = (await chunkRows(c, commitStandings(c), submission, chunk)).find(
        (candidate) => candidate.item === item,
      );
      if (!row) break;
      const { error, ...record } = row;
      return { item: record, error };
    }
  throw new StoreError('upload_not_found', `Upload ${upload_id} has no item ${item}`);
}

/** The upload's first-hand chunks in item order, from the one that holds `start`; those of `most` submissions, 0: all. */
async function* chunksFrom(
  c: Collections,
  upload: UploadDoc,
  start: number,
  most = 0,
): AsyncIterable<{ submission: SubmissionDoc; chunk: ChunkDoc }> {
  const states = { $in: ['HELD', 'WAITING', 'DRAINED', 'DISCARDED'] as SubmissionDoc['state'][] };
  const [holding] = await c.submissions
    .find({
      upload_id: upload._id,
      kind: { $in: ['items', 'restore'] },
      state: states,
      first_item: { $gte: 0, $lte: start },
    })
    .sort({ first_item: -1 })
    .limit(1)
    .toArray();
  for await (const submission of c.submissions
    .find({
      upload_id: upload._id,
      kind: { $in: ['items', 'restore'] },
      state: states,
      first_item: { $gte: holding?.first_item ?? 0 },
    })
    .sort({ first_item: 1 })
    .limit(most)) {
    if (isPacked(submission)) {
      yield { submission, chunk: packedChunk(submission) };
      continue;
    }
    for await (const chunk of c.chunks
      .find({ _id: { $gte: chunkId(submission._id, 0), $lt: chunkId(submission._id, 999_999) } })
      .sort({ _id: 1 })) {
      if (submission.first_item + chunk.offset + chunk.items > start) yield { submission, chunk };
    }
  }
}

type Standing = CommitDoc['state'] | undefined;

/** How the commit of a chunk stands, read after the chunk; each commit is looked up once. */
function commitStandings({ commits }: Collections): (chunk: ChunkDoc) => Promise<Standing> {
  const known = new Map<string, Promise<Standing>>();
  return async ({ state, commit_id }) => {
    if (state !== 'DONE' || commit_id === undefined) return undefined;
    const standing =
      known.get(commit_id) ??
      commits.findOne({ _id: commit_id }, { projection: { state: 1 } }).then((commit) => commit?.state);
    known.set(commit_id, standing);
    return standing;
  };
}

async function chunkRows(
  c: Collections,
  standing: ReturnType<typeof commitStandings>,
  submission: SubmissionDoc,
  chunk: ChunkDoc,
): Promise<Row[]> {
  const first = submission.first_item + chunk.offset;
  const rows = rowsOf(chunk, await standing(chunk), (at) => first + at, submission);
  if (!chunk.outcomes?.includes('R')) return rows;
  const byItem = new Map(rows.map((row) => [row.item, row]));
  for await (const retry of c.chunks.find({ retry_of: chunk._id }).sort({ _id: 1 }))
    for (const row of rowsOf(retry, await standing(retry), (at) => retry.item_numbers?.[at] ?? -1, undefined))
      byItem.set(row.item, row);
  return [...byItem.values()];
}

/** An item has ended once its commit has: before, nobody can read what it wrote, and a cancelled batch takes it back. */
function rowsOf(
  chunk: ChunkDoc,
  commit: Standing,
  number: (at: number) => number,
  submission: SubmissionDoc | undefined,
): Row[] {
  const ended = chunk.state === 'DONE' && commit !== 'PENDING';
  const dropped =
    chunk.state === 'ABORTED' ||
    commit === 'ABORTED' ||
    (submission?.state === 'DISCARDED' && chunk.state === 'WAITING');
  const errors = new Map((chunk.errors ?? []).map((error) => [error.item, error]));
  return chunk.frame_ids.map((frame_id, at) => {
    const item = number(at);
    const letter = chunk.outcomes?.[at] ?? '';
    const state = dropped ? 'NOT_APPLIED' : ended ? (STATES[letter] ?? 'PENDING') : 'PENDING';
    const error = ended ? errors.get(item) : undefined;
    return {
      item,
      op: OPS[chunk.ops?.[at] ?? ''] ?? null,
      frame_id: error ? error.frame_id : frame_id,
      label_ids: error?.label_id === undefined ? [] : [error.label_id],
      state,
      version: state === 'APPLIED' || state === 'UNCHANGED' ? chunk.version : undefined,
      code: error?.code as ErrorCode | undefined,
      error,
    };
  });
}

/** Names the labels that an applied item wrote, from the revision it made. */
async function withLabelIds(c: Collections, dataset: number, rows: Row[]): Promise<ItemRecord[]> {
  const applied = rows.filter((row) => row.state === 'APPLIED' && row.frame_id !== null && row.version !== undefined);
  const byVersion = new Map<number, Row[]>();
  for (const row of applied) byVersion.set(row.version ?? 0, [...(byVersion.get(row.version ?? 0) ?? []), row]);
  const labels = new Map<string, string[]>();
  for (const [version, group] of byVersion)
    for await (const doc of c.frames
      .find({ _id: { $in: group.map((row) => revisionId(dataset, version, row.frame_id ?? '')) } })
      .project<{ frame_id: string; labels?: { label_id: string; since: number }[] }>({
        frame_id: 1,
        'labels.label_id': 1,
        'labels.since': 1,
      }))
      labels.set(
        `${version}/${doc.frame_id}`,
        (doc.labels ?? []).filter((label) => label.since === version).map((label) => label.label_id),
      );
  return rows.map(({ error: _error, ...row }) => ({
    ...row,
    label_ids: labels.get(`${row.version}/${row.frame_id}`) ?? row.label_ids,
  }));
}
