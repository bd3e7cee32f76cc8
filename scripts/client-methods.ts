import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the tests with one version of the Python client say of its methods. */
export interface ClientMethods {
  /** Of the client, as on PyPI. */
  version: string;
  /** Every public method, as Class.method: `works`, `not: why`, `not in part: why`, or `-` where no test says anything. */
  methods: Map<string, string>;
}

/** Reads `methods.txt` of every version that is tested, oldest version first. `root`: the project's folder. */
export function clientMethods(root: string): ClientMethods[] {
  const tests = join(root, 'test', 'client', 'python');
  return readdirSync(tests)
    .filter((name) => /^v\d+(_\d+)+$/.test(name))
    .map((folder) => ({
      version: folder.slice(1).replaceAll('_', '.'),
      methods: readMethods(readFileSync(join(tests, folder, 'methods.txt'), 'utf8')),
    }))
    .sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
}

function readMethods(text: string): Map<string, string> {
  const lines = text.trimEnd().split('\n');
  return new Map(lines.map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]));
}
