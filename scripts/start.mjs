// npm start              everything: MongoDB, Temporal, worker and API
// npm run start:api      the API alone, against MONGODB_URI and TEMPORAL_ADDRESS
// npm run start:worker   a worker alone, against the same
import { fail } from './lib/root.mjs';
import { runEntry } from './lib/run-entry.mjs';

const ENTRIES = { all: 'launcher/main.js', api: 'api/main.js', worker: 'worker/main.js' };

const [what = 'all', ...rest] = process.argv.slice(2);
if (!Object.hasOwn(ENTRIES, what) || rest.length > 0) {
  fail(`Unknown arguments "${process.argv.slice(2).join(' ')}"; expected none, "api" or "worker"`);
}
const missing = what === 'all' ? [] : ['MONGODB_URI', 'TEMPORAL_ADDRESS'].filter((name) => !process.env[name]);
if (missing.length > 0) {
  fail(`"npm run start:${what}" needs ${missing.join(' and ')}; "npm start" starts MongoDB and Temporal too`);
}
runEntry(ENTRIES[what]);
