import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError } from './engine-error';

/** A log larger than this is put aside as `<name>.1` at the next start. */
const LOG_BYTES = 32 * 1024 * 1024;

/** How a child ended: its exit code, or the signal that ended it. */
export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running child process whose output goes to a log file. */
export interface Child {
  readonly pid: number;
  readonly logFile: string;
  /** Where this process's own output begins in the log file, in bytes. */
  readonly logStart: number;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<ChildExit>;
  readonly hasExited: () => boolean;
  /** Asks the process to end (SIGTERM) and waits; after `graceMs` milliseconds it is killed. */
  stop(graceMs?: number): Promise<ChildExit>;
  /** Kills the process (SIGKILL) and waits for its end. */
  kill(): Promise<ChildExit>;
}

export interface ChildOptions {
  command: string;
  args: readonly string[];
  logFile: string;
  /** The whole environment; unset, the parent's. */
  env?: NodeJS.ProcessEnv;
}

/**
 * Starts a process of its own group, so that Ctrl-C in the terminal reaches only the launcher, which stops its children in order.
 * The log file is handed to the process itself: a child that outlives its parent never writes to a broken pipe.
 * @throws EngineError when the command cannot be run
 */
export async function startChild({ command, args, logFile, env }: ChildOptions): Promise<Child> {
  mkdirSync(dirname(logFile), { recursive: true });
  putAside(logFile);
  const log = openSync(logFile, 'a', 0o600);
  const logStart = fstatSync(log).size;
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], env });
  closeSync(log);
  let ended = false;
  const exited = new Promise<ChildExit>((done) => {
    child.once('exit', (code, signal) => {
      ended = true;
      done({ code, signal });
    });
  });
  await new Promise<void>((done, fail) => {
    child.once('spawn', done);
    child.once('error', (error) => fail(new EngineError(`${command} cannot be run (${error.message})`)));
  });
  const { pid } = child;
  if (pid === undefined) throw new EngineError(`${command} cannot be run (it has no process id)`);

  const end = async (signal: NodeJS.Signals) => {
    if (!ended) child.kill(signal);
    return exited;
  };
  return {
    pid,
    logFile,
    logStart,
    exited,
    hasExited: () => ended,
    kill: () => end('SIGKILL'),
    async stop(graceMs = 20_000) {
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      try {
        return await end('SIGTERM');
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The last lines that a process wrote, indented; for an error about one that did not come up. */
export async function logTail({ logFile, logStart }: Child, lines = 15): Promise<string> {
  const written = await readFile(logFile).catch(() => Buffer.alloc(0));
  const all = written.subarray(logStart).toString().trimEnd().split('\n');
  // MongoDB says a lot while it shuts down; what matters are its lines of severity "error" and "fatal".
  const severe = all.filter((line) => /"s":"[EF]"/.test(line));
  const last = (severe.length > 0 ? severe : all).slice(-lines);
  return last.map((line) => `    ${line.slice(0, 400)}`).join('\n');
}

function putAside(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES) renameSync(logFile, `${logFile}.1`);
}
