import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withBench, type Bench } from './bench';
import type { Row } from './row';
import { bulk } from './rows/bulk';
import { footprint } from './rows/footprint';
import { oldClient } from './rows/old-client';
import { singleWrites } from './rows/single-writes';
import { sizes } from './rows/sizes';
import { versions } from './rows/versions';
import { machine, table, writeResults } from './table';

/** In the order in which they run; the footprint comes last, since it reads the peak memory of all. */
const GROUPS: Record<string, (bench: Bench) => Promise<Row[]>> = {
  bulk,
  old_client: oldClient,
  single: singleWrites,
  versions,
  sizes,
  footprint,
};

const HELP = `npm run bench -- [options]
  --only a,b   run only these groups: ${Object.keys(GROUPS).join(', ')}
  --quick      a tenth of the sizes: to see that it runs, not for figures
  --huge       one post of 1 GB instead of 200 MB
  --write      put the results of a whole run into docs/performance.md
  --help       this text`;

/** Warm code is what a long-running system has: one small upload before anything is measured. */
const WARM_UP_FRAMES = 20_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      huge: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  if (values.write && (values.quick || values.only !== undefined))
    throw new Error('--write records a whole run; leave out --quick and --only');
  const wanted = values.only?.split(',') ?? Object.keys(GROUPS);
  const unknown = wanted.find((name) => !(name in GROUPS));
  if (unknown !== undefined)
    throw new Error(`There is no group ${unknown}; there are ${Object.keys(GROUPS).join(', ')}`);
  const start = performance.now();
  const { rows, measuredOn } = await withBench({ scale: values.quick ? 0.1 : 1, huge: values.huge }, async (bench) => {
    await bench.filled('warm_up', WARM_UP_FRAMES);
    const found: Row[] = [];
    for (const name of wanted) {
      console.error(`Measuring ${name}`);
      found.push(...((await GROUPS[name]?.(bench)) ?? []));
    }
    return { rows: found, measuredOn: machine(bench.engines) };
  });
  console.log(`${measuredOn}\n\n${table(rows)}`);
  const date = new Date().toISOString().slice(0, 10);
  if (values.write)
    writeResults(
      join(process.cwd(), 'docs', 'performance.md'),
      rows,
      date,
      (performance.now() - start) / 1000,
      measuredOn,
    );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
});
