import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Ends in order on SIGTERM, as worker and API do. */
const WORKER = `
console.log('worker on ' + process.env.MONGODB_URI + ' and ' + process.env.TEMPORAL_ADDRESS);
const alive = setInterval(() => undefined, 1_000);
process.on('SIGTERM', () => { console.log('worker stopped'); clearInterval(alive); });
`;

/** Is ready at once, and tells its process id and whether it was given the admin key. */
const API = `
const { createServer } = require('node:http');
const server = createServer((request, response) =>
  response.end(JSON.stringify({ url: request.url, pid: process.pid, key: process.env.VIVARIUM_ADMIN_KEY })));
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => console.log('API stopped')));
`;

const BROKEN = `
console.log('looking for my settings');
throw new Error('The setting is wrong');
`;

/** Small programs in the place of worker and API: the launcher is what is tested, and it knows only processes. */
export function writeStandIns(folder: string): { worker: string; api: string; broken: string } {
  const write = (name: string, text: string) => {
    const path = join(folder, `${name}.js`);
    writeFileSync(path, text);
    return path;
  };
  return { worker: write('worker', WORKER), api: write('api', API), broken: write('broken', BROKEN) };
}
