import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import type { Row } from './row';

const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

const number = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value >= 100 ? 0 : value >= 10 ? 1 : 2 });

function cells({ name, value, unit, against, ratio, goal, met }: Row): string[] {
  return [
    name,
    `${number(value)} ${unit}`,
    against ? `${number(against.value)} ${unit} (${against.name})` : '',
    ratio === undefined ? '' : ratio.toFixed(2),
    goal ?? '',
    met === undefined ? '' : met ? 'yes' : 'no',
  ];
}

const HEAD = ['what', 'value', 'against', 'ratio', 'goal', 'met'];

/** The rows as an aligned Markdown table, which reads well on a terminal too. */
export function table(rows: Row[]): string {
  const lines = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = lines.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  return [text[0], `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...text.slice(1)].join('\n');
}

/** What the figures were measured on. */
export function machine(engines: string): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} x ${first?.model.trim() ?? 'unknown'}, ${memory} GiB, Linux ${release()}, Node ${process.version}, ${engines}`;
}

/** Puts the results between the markers of a page. */
export function writeResults(file: string, rows: Row[], date: string, seconds: number, measuredOn: string): void {
  const page = readFileSync(file, 'utf8');
  const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (start === -1 || end === -1) throw new Error(`${file} lacks the markers ${BEGIN} and ${END}`);
  const results = `Measured on ${date} by \`npm run bench -- --write\` in ${Math.round(seconds)} s, on ${measuredOn}.\n\n${table(rows)}`;
  writeFileSync(file, `${page.slice(0, start + BEGIN.length)}\n\n${results}\n\n${page.slice(end)}`);
}
