import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFile, ROOT } from './root.mjs';

/**
 * Runs Jest and counts: tests by their results, and one failure for each test file that could not even be loaded.
 * @returns {{passed: number, failed: number}}
 */
export function runJest(args, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'vivarium-results-'));
  const outputFile = join(folder, 'results.json');
  try {
    const jest = [packageFile('jest/bin/jest.js'), '--json', `--outputFile=${outputFile}`, ...args];
    // Jest prints its report to the standard error; with --json the standard output would hold the results once more.
    const { status } = spawnSync(process.execPath, jest, {
      cwd: ROOT,
      stdio: ['inherit', 'ignore', 'inherit'],
      env: { ...process.env, ...env },
    });
    return count(outputFile, status);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(outputFile, status) {
  let results;
  try {
    results = JSON.parse(readFileSync(outputFile, 'utf8'));
  } catch {
    return { passed: 0, failed: 1 };
  }
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  // A status without a failed test, such as "no tests found" or an open handle, is a failure too.
  return { passed: results.numPassedTests, failed: failed === 0 && status !== 0 ? 1 : failed };
}
