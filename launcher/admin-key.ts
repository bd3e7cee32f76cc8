import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface AdminKey {
  key: string;
  /** Where it came from: the environment, this very start, or the file of an earlier start. */
  origin: 'given' | 'made' | 'kept';
}

/** The admin key to start with: the one given, else the one in the file, which is made (mode 0600) when absent. */
export function provideAdminKey(file: string, given: string | undefined): AdminKey {
  if (given !== undefined) return { key: given, origin: 'given' };
  const kept = readKey(file);
  if (kept) return { key: kept, origin: 'kept' };
  const key = `vivarium_${randomBytes(24).toString('base64url')}`;
  mkdirSync(dirname(file), { recursive: true });
  // Renamed into place, so that a killed start leaves no empty key behind.
  writeFileSync(`${file}.new`, `${key}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return { key, origin: 'made' };
}

function readKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
