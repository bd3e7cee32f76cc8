import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ROOT } from './root.mjs';

const LEAST_NODE = [20, 19];

/** Ends the process with a sentence when this Node is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  fail(
    `Vivarium needs Node ${LEAST_NODE.join('.')} or newer, but this is ${process.versions.node} (${process.execPath}); install a newer one from https://nodejs.org`,
  );
}

/** Installs the dependencies, exactly those of package-lock.json, unless they are there. */
export function installDependencies() {
  if (isInstalled()) return;
  process.stdout.write('Installing the dependencies (npm install)\n');
  // Not `npm ci`, which refuses a lock file without the optional packages of other systems, as registries that mirror a part
  // make it. The versions are those of the lock file all the same, and neither file is written.
  // TypeScript and the linters are needed even where NODE_ENV=production.
  const { status, error } = spawnSync(
    'npm',
    ['install', '--no-save', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: ROOT,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    },
  );
  if (error) fail(`npm cannot be run (${error.message}); install it, it comes with Node`);
  if (status !== 0) fail('"npm install" failed, its output above tells why; correct that and start again');
}

/** npm notes what it installed in a lock file of its own; a time stamp would be wrong after each checkout. */
function isInstalled() {
  const wanted = packagesOf(join(ROOT, 'package-lock.json'));
  const present = packagesOf(join(ROOT, 'node_modules', '.package-lock.json'));
  if (wanted === undefined) fail('package-lock.json is missing; restore it, it says which dependencies to install');
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    // Packages for other systems are optional and stay away.
    return present[path] === undefined ? optional === true : present[path].version === version;
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
