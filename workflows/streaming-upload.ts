import type { UploadRef } from '../temporal/hints';
import { follow } from './follow';

/** A STREAMING upload: its windows commit while it is open; a bad item fails alone. */
export async function streamingUpload(upload: UploadRef): Promise<void> {
  await follow(upload);
}
