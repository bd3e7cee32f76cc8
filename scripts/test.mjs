// npm test                    types, lint, format, then all test layers
// npm test -- <jest args>     only Jest, with these arguments
import { spawnSync } from 'node:child_process';
import { checkNode, installDependencies } from './lib/install.mjs';
import { runJest } from './lib/jest.mjs';
import { packageFile, ROOT } from './lib/root.mjs';

const CHECKS = [
  ['types', 'typescript/bin/tsc', '-p', 'tsconfig.json'],
  ['lint', 'eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  ['format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
];

const jestArgs = process.argv.slice(2);

checkNode();
installDependencies();

const total = { passed: 0, failed: 0 };
if (jestArgs.length === 0) {
  for (const [name, program, ...args] of CHECKS) {
    const { status } = spawnSync(process.execPath, [packageFile(program), ...args], { cwd: ROOT, stdio: 'inherit' });
    process.stdout.write(`${status === 0 ? 'PASS' : 'FAIL'} ${name}\n`);
    total[status === 0 ? 'passed' : 'failed'] += 1;
  }
}

const { passed, failed } = runJest(jestArgs);
total.passed += passed;
total.failed += failed;

process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
