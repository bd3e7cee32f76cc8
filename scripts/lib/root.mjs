import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The program of an installed package, such as `typescript/bin/tsc`; run without a shell and without npx. */
export const packageFile = (path) => join(ROOT, 'node_modules', ...path.split('/'));

/** Prints one sentence and ends the process. */
export function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
