import type { UploadRef } from '../temporal/hints';
import { follow } from './follow';

/** A BATCH upload: once closed, all its items commit as one version, or none does. */
export async function batchUpload(upload: UploadRef): Promise<void> {
  await follow(upload);
}
