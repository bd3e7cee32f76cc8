import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for the tests of one file; removed after them. Call it at the top of the file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vivarium-scratch-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
