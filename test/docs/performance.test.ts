import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../bench/wait-for';
import { page, ROOT, tableRows } from './pages';

/** The first cell of each row of results. */
const shown = tableRows(page('docs/performance.md'))
  .filter((cells) => cells.length === 6)
  .map(([what]) => what ?? '')
  .filter((what) => what !== 'what');

/** The names of the rows in the bench's sources, which begin with a capital letter; what is measured in holes. */
const printed = readdirSync(join(ROOT, 'bench', 'rows')).flatMap((file) => {
  const source = readFileSync(join(ROOT, 'bench', 'rows', file), 'utf8');
  const names = source.matchAll(/(?:\bname: |\b(?:atLeast|atMost|bounded)\(\s*)(['"`])([A-Z].*?)\1/g);
  return [...names].map(([, , name = '']) => name);
});

const patternOf = (name: string): RegExp =>
  new RegExp(
    `^${name
      .split(/\$\{[^}]*\}/)
      .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+')}$`,
  );

describe('docs/performance.md', () => {
  it('has every row that the bench prints', () => {
    expect(printed.length).toBeGreaterThan(20);
    const missing = printed.filter((name) => !shown.some((what) => patternOf(name).test(what)));
    expect(missing).toEqual([]);
  });

  it('has no row that the bench does not print, and none twice', () => {
    expect(shown.filter((what) => !printed.some((name) => patternOf(name).test(what)))).toEqual([]);
    expect(new Set(shown).size).toBe(shown.length);
  });
});

describe('a wait of the bench', () => {
  it('ends with what was found', async () => {
    let looks = 0;
    expect(await waitFor('three looks', async () => (++looks === 3 ? 'found' : undefined), 1)).toBe('found');
  });

  it('says what it waited for when that does not come', async () => {
    await expect(waitFor('the end of time', async () => undefined, 1, 20)).rejects.toThrow(
      'Waited 0.02 s in vain for the end of time',
    );
  });
});
