import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Jest's global set-up for tests that run whole processes: brings dist/ up to date. */
export default function setup(): void {
  execFileSync(process.execPath, [join(__dirname, '..', '..', 'scripts', 'build.mjs')], { stdio: 'inherit' });
}
