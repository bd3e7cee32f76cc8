// npm run test:faults -- --seeds n    the fault tests with n seeds, from --first on (each prints its own)
import { parseArgs } from 'node:util';
import { checkNode, installDependencies } from './lib/install.mjs';
import { runJest } from './lib/jest.mjs';
import { fail } from './lib/root.mjs';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '5' }, first: { type: 'string', default: '1' } },
});
const seeds = Number(values.seeds);
const first = Number(values.first);
if (!Number.isInteger(seeds) || seeds < 1 || !Number.isInteger(first) || first < 0) {
  fail('--seeds takes a whole number from 1, --first one from 0');
}

checkNode();
installDependencies();

const total = { passed: 0, failed: 0 };
const failedSeeds = [];
for (let seed = first; seed < first + seeds; seed++) {
  process.stdout.write(`Seed ${seed}\n`);
  const { passed, failed } = runJest(['--selectProjects', 'faults', '--runInBand'], {
    VIVARIUM_FAULT_SEED: String(seed),
  });
  total.passed += passed;
  total.failed += failed;
  if (failed > 0) failedSeeds.push(seed);
}
if (failedSeeds.length > 0) process.stdout.write(`Failed seeds: ${failedSeeds.join(', ')}\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
