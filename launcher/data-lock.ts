import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EngineError } from '../engines/engine-error';
import { livingProcess, pidRecord } from '../engines/pid-file';

/**
 * Takes the data folder for this process. A lock whose process has ended is taken over.
 * @returns a function that gives the folder back
 * @throws EngineError when another launcher runs on the folder
 */
export function lockDataFolder(dataDir: string, lockFile: string): () => void {
  // The folder holds a key and all data: it is its owner's alone.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  mkdirSync(dirname(lockFile), { recursive: true });
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(pidRecord(process.pid)));
  try {
    // A link is made in one step, complete, and only where there is none. Two rounds: the first may meet a dead lock.
    for (const round of [1, 2]) {
      refuseIfHeld(lockFile, dataDir);
      if (tryLink(draft, lockFile)) return () => rmSync(lockFile, { force: true });
      if (round === 1) setAsideIfDead(lockFile, dataDir);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new EngineError(`Another Vivarium is starting on ${dataDir}; wait for it, or choose another VIVARIUM_DATA_DIR`);
}

function refuseIfHeld(lockFile: string, dataDir: string): void {
  const holder = livingProcess(lockFile);
  if (holder === undefined) return;
  throw new EngineError(
    `Vivarium already runs on ${dataDir} (process ${holder.pid}, since ${holder.started}); stop it, or choose another VIVARIUM_DATA_DIR`,
  );
}

function setAsideIfDead(lockFile: string, dataDir: string): void {
  const aside = `${lockFile}.${process.pid}.dead`;
  try {
    renameSync(lockFile, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    // Between the look and the rename another launcher may have taken the dead lock's place: it gets its lock back.
    if (livingProcess(aside)) {
      tryLink(aside, lockFile);
      refuseIfHeld(aside, dataDir);
    }
  } finally {
    rmSync(aside, { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
