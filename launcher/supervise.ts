import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../engines/child';

/** The wait before the first restart, and the longest one, in milliseconds. */
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** After this long a process counts as healthy: its next end starts with the first delay again. */
const HEALTHY_AFTER_MS = 60_000;

export interface Supervision {
  name: string;
  /** The process as first started. */
  child: Child;
  /** Starts it again. */
  start: () => Promise<Child>;
  log: (sentence: string) => void;
  /** Aborted when the launcher stops: ends are expected from then on. */
  stopping: AbortSignal;
}

/** Starts a process again whenever it ends unasked, with growing delays, until the launcher stops. */
export async function supervise({ name, child, start, log, stopping }: Supervision): Promise<void> {
  let current = child;
  let delay = FIRST_DELAY_MS;
  while (!stopping.aborted) {
    const began = Date.now();
    const { code, signal } = await current.exited;
    if (stopping.aborted) return;
    if (Date.now() - began > HEALTHY_AFTER_MS) delay = FIRST_DELAY_MS;
    log(
      `${name} ended unasked (${signal ?? `exit code ${code}`}); starting it again in ${delay / 1000} s, see ${current.logFile}`,
    );
    for (;;) {
      await sleep(delay, undefined, { signal: stopping }).catch(() => undefined);
      if (stopping.aborted) return;
      delay = Math.min(delay * 2, LONGEST_DELAY_MS);
      try {
        current = await start();
        log(`${name} runs again (process ${current.pid})`);
        break;
      } catch (error) {
        if (stopping.aborted) return;
        log(`${name} could not be started again: ${(error as Error).message}`);
      }
    }
  }
}
