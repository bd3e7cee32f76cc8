import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the Python tests: one folder for each version of the client, and what they share. */
export const PYTHON_TESTS = join(__dirname, 'python');

/** A version of the Python client that is tested. */
export interface ClientVersion {
  /** Its folder below PYTHON_TESTS: `v1_0_7`. */
  folder: string;
  /** Its version on PyPI: `1.0.7`. */
  version: string;
}

/** Every version that has a folder with tests, oldest first. */
export const CLIENT_VERSIONS: readonly ClientVersion[] = readdirSync(PYTHON_TESTS)
  .filter((name) => /^v\d+(_\d+)+$/.test(name))
  .map((folder) => ({ folder, version: folder.slice(1).replaceAll('_', '.') }))
  .sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
