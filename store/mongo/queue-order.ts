import type { ClientSession, Document } from 'mongodb';
import type { Collections } from './database';
import type { SubmissionDoc } from './documents';

/**
 * A place in a dataset's queue, in an update pipeline. The server's logical time passes that of every write acknowledged
 * before, so what was acknowledged first commits first, whichever process took it; and it costs no round trip.
 */
export const QUEUE_PLACE: Document = { seq: '$$CLUSTER_TIME' };

/** Writes a new submission at the end of the queue, in one durable write. */
export async function enqueueNew(
  c: Collections,
  submission: Omit<SubmissionDoc, 'seq'>,
  session?: ClientSession,
): Promise<void> {
  await c.submissions.updateOne(
    { _id: submission._id },
    [{ $replaceWith: { $mergeObjects: [{ $literal: submission }, QUEUE_PLACE] } }],
    { upsert: true, ...(session ? { session } : {}) },
  );
}
