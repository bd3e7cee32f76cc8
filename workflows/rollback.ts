import type { UploadRef } from '../temporal/hints';
import { follow } from './follow';

/** A rollback: planned against the head of its turn, written as a new version. */
export async function rollback(upload: UploadRef): Promise<void> {
  await follow(upload);
}
