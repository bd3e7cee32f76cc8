import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { processIdentity } from './process-identity';

const pidFile = z.object({
  pid: z.int().positive(),
  port: z.int().optional(),
  started: z.string(),
  /** See `processIdentity`: a process id alone may belong to somebody else by now. */
  identity: z.string(),
});

/** What a pid file says about the process that it stands for. */
export type PidRecord = z.infer<typeof pidFile>;

/** Notes a running process in a file, in one step; does nothing when the process has ended already. */
export function writePidFile(file: string, pid: number, port?: number): void {
  const record = pidRecord(pid, port);
  if (record === undefined) return;
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(record));
  renameSync(draft, file);
}

/** The record of a running process; undefined when it has ended. */
export function pidRecord(pid: number, port?: number): PidRecord | undefined {
  const identity = processIdentity(pid);
  return identity === undefined ? undefined : { pid, port, started: new Date().toISOString(), identity };
}

/** The process that a pid file stands for, if that very process still runs. */
export function livingProcess(file: string): PidRecord | undefined {
  const record = readPidFile(file);
  return record && processIdentity(record.pid) === record.identity ? record : undefined;
}

/**
 * Ends the process that a pid file stands for, if it still runs, and removes the file.
 * It gets SIGTERM and `graceMs` milliseconds to end in order, then SIGKILL.
 * @returns the process that was ended, if there was one
 */
export async function stopOrphan(file: string, graceMs = 20_000): Promise<PidRecord | undefined> {
  const orphan = livingProcess(file);
  if (orphan !== undefined) {
    const hasEnded = async (withinMs: number) => {
      const deadline = Date.now() + withinMs;
      while (processIdentity(orphan.pid) === orphan.identity) {
        if (Date.now() > deadline) return false;
        await sleep(50);
      }
      return true;
    };
    signal(orphan.pid, 'SIGTERM');
    if (!(await hasEnded(graceMs))) {
      signal(orphan.pid, 'SIGKILL');
      await hasEnded(10_000);
    }
  }
  rmSync(file, { force: true });
  return orphan;
}

function readPidFile(file: string): PidRecord | undefined {
  try {
    return pidFile.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch (error) {
    // A file cut short by a power failure stands for no process of this boot.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
