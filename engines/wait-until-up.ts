import { setTimeout as sleep } from 'node:timers/promises';
import { logTail, type Child } from './child';
import { EngineError } from './engine-error';

export interface WaitOptions {
  /** The process that should come up. */
  child: Child;
  /** Its name in the error, such as `MongoDB`. */
  what: string;
  timeoutMs: number;
  /** One look; throwing counts as "not yet". */
  isUp: () => Promise<boolean>;
}

/**
 * Looks again and again until the process is up.
 * @throws EngineError with the tail of the log when the process ends or the time is over; the process is killed then
 */
export async function waitUntilUp({ child, what, timeoutMs, isUp }: WaitOptions): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown;
  while (Date.now() < deadline) {
    if (child.hasExited()) {
      const { code, signal } = await child.exited;
      throw await failure(child, `${what} ended while it started (${signal ?? `exit code ${code}`})`);
    }
    try {
      if (await isUp()) return;
    } catch (error) {
      lastError = error;
    }
    await sleep(50);
  }
  await child.kill();
  const reason = lastError instanceof Error ? ` (${lastError.message})` : '';
  throw await failure(child, `${what} did not answer within ${timeoutMs / 1000} s${reason}`);
}

async function failure(child: Child, sentence: string): Promise<EngineError> {
  return new EngineError(`${sentence}; its log ${child.logFile} tells why:\n${await logTail(child)}`);
}
