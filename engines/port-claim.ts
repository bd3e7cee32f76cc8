import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Longer than between the choice of a port and the last start on it; a claim is not given back, but grows old. */
const CLAIM_MS = 30 * 60 * 1000;

/** Where the claims of all of this user's processes lie, one file a port. */
export const claimsFolder = (): string => join(tmpdir(), `vivarium-ports-${userInfo().uid}`);

/** Claims a port for this process, in one step; false when it was claimed not long ago. */
export function claimPort(port: number, folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, String(port));
  if (create(file)) return true;
  const claimed = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (claimed !== undefined && Date.now() - claimed < CLAIM_MS) return false;
  rmSync(file, { force: true });
  return create(file);
}

function create(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
