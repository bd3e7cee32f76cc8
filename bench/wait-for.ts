import { setTimeout as sleep } from 'node:timers/promises';

/** No wait of a bench takes longer on a machine where its figures mean anything. */
const DEADLINE_MS = 15 * 60 * 1000;

/**
 * Looks again and again until there is something.
 * @param what is waited for, for the error when it does not come
 * @param look answers undefined as long as there is nothing
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined>,
  everyMs: number,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${deadlineMs / 1000} s in vain for ${what}`);
    await sleep(everyMs);
  }
}
