import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats a check until it passes; after `timeoutMs` milliseconds the last failure is thrown. */
export async function eventually(check: () => void | Promise<void>, timeoutMs = 20_000, everyMs = 50): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(everyMs);
    }
  }
}
