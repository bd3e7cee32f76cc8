import type { ClientSession } from 'mongodb';
import type { UploadState } from '../records';
import type { Collections } from './database';
import type { UploadDoc } from './documents';

export function settledItems({ counts }: Pick<UploadDoc, 'counts'>): number {
  return counts.applied + counts.unchanged + counts.failed + counts.not_applied;
}

/** The state that a closed upload with no pending item ends in. */
function finalState(upload: UploadDoc): { state: UploadState; error?: UploadDoc['error'] } {
  const { counts, kind } = upload;
  if (upload.error) return { state: 'FAILED' };
  if (upload.cancelled) return { state: 'CANCELLED' };
  if (counts.received === 0 && (kind === 'STREAMING' || kind === 'BATCH'))
    return { state: 'FAILED', error: { code: 'upload_empty', message: 'The upload was closed without any item' } };
  if (counts.failed === 0) return { state: 'DONE' };
  return { state: counts.failed === counts.received ? 'FAILED' : 'PARTIAL' };
}

/** Ends an upload that is closed and has no pending item; harmless at any other time. */
export async function settleUpload(c: Collections, session: ClientSession, upload: UploadDoc): Promise<UploadDoc> {
  if (!upload.closed || upload.state === 'OPEN' || settledItems(upload) !== upload.counts.received) return upload;
  const change = finalState(upload);
  await c.uploads.updateOne({ _id: upload._id }, { $set: change }, { session });
  return { ...upload, ...change };
}
