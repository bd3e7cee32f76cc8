import type { ClientSession } from 'mongodb';
import type { DatasetKey } from '../records';
import { chunkId } from './chunk-id';
import type { Database } from './database';
import type { ChunkDoc, SubmissionDoc } from './documents';

/** Bytes of lines moved in one transaction. */
const UNPACK_BYTES = 8 * 1024 * 1024;

/** Another actor unpacked some of them. */
class UnpackedAlready extends Error {}

type Packed = SubmissionDoc & Required<Pick<SubmissionDoc, 'packed'>>;

/** Moves single-frame writes that wait to where every other chunk lies, oldest first, some at a time. */
export async function unpack({ c, transaction }: Database, dataset: DatasetKey): Promise<void> {
  const group: Packed[] = [];
  let bytes = 0;
  for await (const submission of c.submissions
    .find({ dataset, state: 'WAITING', packed: { $exists: true } })
    .sort({ seq: 1 })) {
    group.push(submission as Packed);
    bytes += submission.packed?.body.length() ?? 0;
    if (bytes >= UNPACK_BYTES) break;
  }
  if (group.length === 0) return;
  try {
    await transaction((session) => move(c, session, group));
  } catch (error) {
    if (!(error instanceof UnpackedAlready)) throw error;
  }
}

async function move(c: Database['c'], session: ClientSession, group: Packed[]): Promise<void> {
  const { matchedCount } = await c.submissions.updateMany(
    { _id: { $in: group.map((submission) => submission._id) }, packed: { $exists: true } },
    { $unset: { packed: '' } },
    { session },
  );
  if (matchedCount !== group.length) throw new UnpackedAlready();
  await c.chunks.insertMany(group.map(packedChunk), { session });
  await c.bodies.insertMany(
    group.map(({ _id, packed }) => ({ _id: chunkId(_id, 0), body: packed.body })),
    { session },
  );
}

/** The chunk that a packed submission will have. */
export function packedChunk({ _id, upload_id, items, packed }: Packed): ChunkDoc {
  return {
    _id: chunkId(_id, 0),
    upload_id,
    index: 0,
    offset: 0,
    items,
    bytes: packed.body.length(),
    frame_ids: packed.frame_ids,
    lines: [],
    broken: [],
    state: 'WAITING',
  };
}

export function isPacked(submission: SubmissionDoc): submission is Packed {
  return submission.packed !== undefined;
}
