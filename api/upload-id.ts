import { randomBytes } from 'node:crypto';

/** A new id of an upload: the time in front, seconds first, so that it sorts by age among the ids that the store makes. */
export function newUploadId(now: Date): string {
  const ms = now.getTime();
  const seconds = Math.floor(ms / 1_000)
    .toString(16)
    .padStart(8, '0');
  const thousandths = (ms % 1_000).toString(16).padStart(3, '0');
  return seconds + thousandths + randomBytes(7).toString('hex').slice(1);
}
