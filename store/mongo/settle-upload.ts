import type { ClientSession } from 'mongodb';
import { standing } from '../../domain/upload';
import type { Collections } from './database';
import type { UploadDoc } from './documents';

export function settledItems({ counts }: Pick<UploadDoc, 'counts'>): number {
  return counts.applied + counts.unchanged + counts.failed + counts.not_applied;
}

/** Ends an upload that is closed and has no pending item; harmless at any other time. */
export async function settleUpload(c: Collections, session: ClientSession, upload: UploadDoc): Promise<UploadDoc> {
  const change = standing(upload);
  if (change.state === 'OPEN' || change.state === 'PROCESSING') return upload;
  await c.uploads.updateOne({ _id: upload._id }, { $set: change }, { session });
  return { ...upload, ...change };
}
