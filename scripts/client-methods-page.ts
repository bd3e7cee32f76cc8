import type { ClientMethods } from './client-methods';

/** Classes and methods of the client that need more than datasets and inference sets. */
const LATER =
  /^(SegmentManager|IssueManager|WorkQueueManager|MetricsManager|CollectionClient)\.|^Client\.get_(segment|issue|metrics|work_queue)_manager$/;

const HEAD = `# Methods of the Python client

What works with \`aquariumlearning\` as it is on PyPI, method by method. The tests in \`test/client/python/\`, which run the real
client against a built system, name the methods that they show to work; \`npm run docs\` writes this page from that.

- **works**: a test shows it, by what is read back.
- **not**, **not in part**: it fails in the client itself, whatever a server answers. See the [notes](#notes).
- **later**: it needs segments, work queues, metrics or collection, which are not there yet.
- **untested**: nothing is known against it, and no test shows it.
- An empty cell: this version has no such method.
`;

/** The page docs/references/client-methods.md. */
export function clientMethodsPage(versions: readonly ClientMethods[]): string {
  const all = [...new Set(versions.flatMap(({ methods }) => [...methods.keys()]))].sort();
  const classes = [...new Set(all.map((method) => method.split('.')[0] ?? ''))];
  const sections = classes.map((name) => {
    const rows = all
      .filter((method) => method.startsWith(`${name}.`))
      .map((method) => [`\`${method.slice(name.length + 1)}\``, ...versions.map((one) => standing(one, method))]);
    return `## ${name}\n\n${table([['method', ...versions.map(({ version }) => version)], ...rows])}`;
  });
  return [HEAD, ...sections, notes(versions)].join('\n');
}

/** How a method stands in one version, in a word or two. */
export function standing({ methods }: ClientMethods, method: string): string {
  const said = methods.get(method);
  if (said === undefined) return '';
  if (said !== '-') return said.split(':', 1)[0] ?? '';
  return LATER.test(method) ? 'later' : 'untested';
}

function notes(versions: readonly ClientMethods[]): string {
  const lines = versions.flatMap(({ version, methods }) =>
    [...methods]
      .filter(([, said]) => said.includes(': '))
      .map(([method, said]) => `- ${version}, \`${method}\`: ${said.slice(said.indexOf(': ') + 2)}`),
  );
  return `## Notes\n\n${lines.join('\n')}\n`;
}

/** As the formatter writes tables: every column as wide as its widest cell. */
function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(3, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...others] = rows;
  return `${[line(head), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n')}\n`;
}
