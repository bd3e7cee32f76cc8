import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fail, packageFile, ROOT } from './root.mjs';

const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, '.build-stamp');
/** Folders that the build does not read. */
const NOT_SOURCES = new Set(['node_modules', 'dist', 'test', 'docs', 'coverage']);

/** Compiles TypeScript to dist/ and bundles the workflows, unless dist/ is up to date. */
export function build() {
  const stamp = sourceStamp();
  if (readStamp() === stamp) return;
  process.stdout.write('Building\n');
  mkdirSync(DIST, { recursive: true });
  // A build that fails half-way must not pass for one that is up to date.
  rmSync(STAMP, { force: true });
  step('The TypeScript build', packageFile('typescript/bin/tsc'), '-p', 'tsconfig.build.json');
  step('Bundling the workflows', join(DIST, 'scripts', 'bundle-workflows.js'));
  writeFileSync(STAMP, stamp);
}

function step(what, ...command) {
  const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) fail(`${what} failed, its output above tells why`);
}

/** Changes with each change, new file or removed file among the sources and the installed packages. */
function sourceStamp() {
  const hash = createHash('sha256');
  for (const file of [...sources(ROOT), join(ROOT, 'package-lock.json')]) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${relative(ROOT, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || NOT_SOURCES.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.ts$|^tsconfig.*\.json$/.test(entry.name)) yield path;
  }
}

function readStamp() {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return undefined;
  }
}
