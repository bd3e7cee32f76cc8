import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEMS } from '../../api/problems';
import { ERROR_CODES } from '../../domain/error-codes';

const page = readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8');

/** Rows of the page's tables, by the heading above them. */
function rows(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const documented = ['Requests', 'What a request acts on', 'Items'].flatMap(rows);

describe('docs/errors.md', () => {
  it('has every code of the API once, with its status, and no other', () => {
    const onPage = documented.map(([code, status]) => `${code} ${status}`).sort();
    const inCode = Object.entries(PROBLEMS).map(([code, { status }]) => `\`${code}\` ${status}`);
    expect(onPage).toEqual(inCode.sort());
  });

  it('lists the codes of items under Items', () => {
    const codes = rows('Items').map(([code]) => code?.replaceAll('`', ''));
    expect(codes.sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });

  it('says of every code what it means and what to do', () => {
    for (const row of [...documented, ...rows('Uploads').map(([code, ...rest]) => [code, '', ...rest])]) {
      expect({ code: row[0], cells: row.length }).toEqual({ code: row[0], cells: 4 });
      expect(row[2]).toMatch(/\w/);
      expect(row[3]).toMatch(/\w/);
    }
  });
});
