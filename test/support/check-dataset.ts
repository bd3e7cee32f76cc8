import { MongoClient, type Db } from 'mongodb';
import type { BulkItems } from './bulk-items';
import type { RunningSystem } from './running-system';

export interface UploadAnswer {
  state: string;
  counts: Record<'received' | 'applied' | 'unchanged' | 'failed' | 'not_applied' | 'pending' | 'frames', number>;
  first_version: number | null;
  last_version: number | null;
  error?: { code: string };
}

export interface DatasetAnswer {
  head: number;
  counts: { frames: number; labels: number };
}

export interface VersionAnswer {
  version: number;
  created_at: string;
  counts: Record<'added' | 'updated' | 'deleted' | 'frames', number>;
  content_hash: string;
}

/** A path below a dataset of the project `p`. */
export const pathOf = (dataset: string, rest = ''): string => `/projects/p/datasets/${dataset}${rest}`;

export async function readUpload({ client }: RunningSystem, dataset: string, upload_id: string): Promise<UploadAnswer> {
  const upload = await client.get<UploadAnswer>(pathOf(dataset, `/uploads/${upload_id}`));
  const { received, applied, unchanged, failed, not_applied, pending } = upload.counts;
  expect(applied + unchanged + failed + not_applied + pending).toBe(received);
  return upload;
}

/** Versions are dense from 1 to head, strictly rising in time, and each is what its hash says. */
export async function checkVersions(
  { client }: RunningSystem,
  dataset: string,
  verified = 6,
): Promise<VersionAnswer[]> {
  const { head, counts } = await client.get<DatasetAnswer>(pathOf(dataset));
  const versions = (await client.all<VersionAnswer>(pathOf(dataset, '/versions'))).toReversed();
  expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: head }, (_, at) => at + 1));
  const times = versions.map(({ created_at }) => Date.parse(created_at));
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  expect(versions.at(-1)?.counts.frames ?? 0).toBe(counts.frames);
  let frames = 0;
  for (const { counts: changed } of versions) {
    frames += changed.added - changed.deleted;
    expect(changed.frames).toBe(frames);
  }
  const every = Math.max(1, Math.ceil(head / verified));
  for (let version = head; version >= 1; version -= every) {
    const { ok } = await client.post<{ ok: boolean }>(pathOf(dataset, '/verify'), { version });
    expect({ version, ok }).toEqual({ version, ok: true });
  }
  return versions;
}

/** Exactly the good frames are there, once each and as they were sent; exactly the bad items are reported, at their places. */
export async function checkBulk(
  system: RunningSystem,
  dataset: string,
  upload_id: string,
  sent: BulkItems,
  linesInPost: number,
): Promise<void> {
  const { client } = system;
  const errors = await client.all<Record<string, unknown>>(pathOf(dataset, `/uploads/${upload_id}/errors`));
  const told = errors.map(({ item, line, frame_id, code, path, attempts }) => ({
    item,
    line,
    frame_id,
    code,
    path,
    attempts,
  }));
  expect(told).toEqual(
    sent.bad.map((bad) => ({ path: null, ...bad, line: (bad.item % linesInPost) + 1, attempts: 1 })),
  );
  const frames = await client.all<Record<string, unknown>>(pathOf(dataset, '/frames'));
  expect(frames.map(({ frame_id }) => frame_id)).toEqual([...sent.good.keys()].sort());
  for (const { frame_id, metadata, labels } of frames) {
    const plain = (labels as Record<string, unknown>[]).map(({ since: _since, metadata: _none, ...label }) => label);
    expect({ metadata, labels: plain }).toEqual(sent.good.get(String(frame_id)));
  }
  await checkRevisions(system, dataset, sent.good.size);
}

/** What stands in the database: one revision for each frame that was written once, and none above head. */
export async function checkRevisions(
  { client, mongodbUri }: RunningSystem,
  dataset: string,
  expected: number,
): Promise<void> {
  const { head } = await client.get<DatasetAnswer>(pathOf(dataset));
  await withDatabase(mongodbUri, async (db) => {
    const key = (await db.collection('datasets').findOne({ project: 'p', name: dataset }))?._id;
    const frames = db.collection('frames');
    expect(await frames.countDocuments({ dataset: key })).toBe(expected);
    expect((await frames.distinct('frame_id', { dataset: key })).length).toBe(expected);
    expect(await frames.countDocuments({ dataset: key, from: { $gt: head } })).toBe(0);
  });
}

/** How many chunks of an upload are applied, and whether the commit that they belong to is still unpublished. */
export async function appliedChunks(
  db: Db,
  upload_id: string,
): Promise<{ done: number; of: number; pending: boolean }> {
  const commit = await db.collection('commits').findOne({ 'parts.upload_id': upload_id });
  const chunks = db.collection('chunks');
  return {
    done: await chunks.countDocuments({ upload_id, state: 'DONE' }),
    of: await chunks.countDocuments({ upload_id }),
    pending: commit?.state === 'PENDING',
  };
}

/** Looks into a system's database, past the API. */
export async function withDatabase<T>(uri: string, use: (db: Db) => Promise<T>): Promise<T> {
  const client = new MongoClient(uri, { readConcern: { level: 'majority' }, serverSelectionTimeoutMS: 30_000 });
  try {
    return await use(client.db('vivarium'));
  } finally {
    await client.close();
  }
}
