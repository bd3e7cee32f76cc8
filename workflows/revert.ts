import type { UploadRef } from '../temporal/hints';
import { follow } from './follow';

/** A revert of one upload: refused whole when others changed its frames since. */
export async function revert(upload: UploadRef): Promise<void> {
  await follow(upload);
}
