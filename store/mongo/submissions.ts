import { ObjectId, type ClientSession } from 'mongodb';
import type { Collections } from './database';
import type { SubmissionDoc, UploadDoc } from './documents';
import { enqueueNew } from './queue-order';

/** Puts a whole upload into its dataset's queue. */
export async function enqueueUpload(
  c: Collections,
  session: ClientSession,
  upload: UploadDoc,
  kind: 'batch' | 'restore',
): Promise<void> {
  const submission = {
    ...newSubmission({ _id: new ObjectId().toHexString(), dataset: upload.dataset, upload_id: upload._id }),
    kind,
    state: 'WAITING',
  } as const;
  await enqueueNew(c, submission, session);
}

/** A submission with nothing in it yet. */
export function newSubmission(
  known: Pick<SubmissionDoc, '_id' | 'dataset' | 'upload_id'> & Partial<SubmissionDoc>,
): SubmissionDoc {
  return {
    kind: 'items',
    state: 'STAGING',
    first_item: -1,
    items: 0,
    chunks: 0,
    next_chunk: 0,
    created_at: new Date(),
    ...known,
  };
}

/** How many single-frame writes an upload has taken: they are numbered without a gap, in the order of their staging. */
export async function receivedDirect(c: Collections, upload_id: string, session?: ClientSession): Promise<number> {
  const [last] = await c.submissions
    .find({ upload_id, state: { $in: ['WAITING', 'DRAINED'] } }, session ? { session } : {})
    .project<{ first_item: number; items: number }>({ first_item: 1, items: 1 })
    .sort({ first_item: -1 })
    .limit(1)
    .toArray();
  return last && last.first_item >= 0 ? last.first_item + last.items : 0;
}
