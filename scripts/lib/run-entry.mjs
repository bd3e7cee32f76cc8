import Module from 'node:module';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { checkNode, installDependencies } from './install.mjs';
import { fail, ROOT } from './root.mjs';

/**
 * Installs and builds what is not up to date, then runs a compiled entry point with the given arguments.
 * It runs in this very process, as its main module: a second process would have to be sent every signal.
 */
export function runEntry(path, args = []) {
  checkNode();
  installDependencies();
  build();
  const entry = join(ROOT, 'dist', path);
  if (!existsSync(entry)) fail(`There is no ${path.replace(/\.js$/, '.ts')} to run`);
  process.argv.splice(1, process.argv.length, entry, ...args);
  process.setSourceMapsEnabled(true);
  Module.runMain();
}
