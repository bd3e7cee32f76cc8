import { randomBytes } from 'node:crypto';

/** A new id of an upload: the seconds since 1970 in front, so that ids sort by age as those of the store do. */
export function newUploadId(now: Date): string {
  const seconds = Math.floor(now.getTime() / 1_000);
  return seconds.toString(16).padStart(8, '0') + randomBytes(8).toString('hex');
}
