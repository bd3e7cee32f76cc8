// node scripts/run.mjs <compiled file under dist/> <its arguments>
import { fail } from './lib/root.mjs';
import { runEntry } from './lib/run-entry.mjs';

const [entry, ...args] = process.argv.slice(2);
if (!entry) fail('Name the compiled file to run, such as "bench/main.js"');
runEntry(entry, args);
