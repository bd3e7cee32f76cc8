import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchors, links, page, pages, prose, ROOT } from './pages';

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const all = pages();
const each = all.map((one) => [one.path, one] as const);

/** Folders of the project; what is named in backticks and begins with one is a path in it. */
const FOLDERS = new Set(
  readdirSync(ROOT, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && !entry.name.startsWith('.') && !['node_modules', 'dist'].includes(entry.name),
    )
    .map(({ name }) => name),
);

describe('the pages', () => {
  it('are there', () => {
    expect(all.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'docs/README.md', 'docs/glossary.md', 'docs/errors.md']),
    );
  });

  it.each(each)('%s links to files and headings that are there', (_path, one) => {
    for (const { target, anchor } of links(one)) {
      expect({ target, found: existsSync(join(ROOT, target)) }).toEqual({ target, found: true });
      if (anchor !== undefined) expect(anchors(page(target))).toContain(anchor);
    }
  });

  it.each(each)('%s names npm scripts that are there', (_path, { text }) => {
    for (const [, name = ''] of text.matchAll(/npm run ([\w:-]+)/g)) expect(Object.keys(scripts)).toContain(name);
  });

  it.each(each)('%s names files that are there', (_path, one) => {
    const named = [...prose(one).matchAll(/`([\w.-]+\/[\w./-]*)`/g)].map(([, path]) => path ?? '');
    for (const path of named.filter((candidate) => FOLDERS.has(candidate.split('/')[0] ?? ''))) {
      expect({ path, found: existsSync(join(ROOT, path)) }).toEqual({ path, found: true });
    }
  });

  it.each(each)('%s begins with its title and has one', (path, { text }) => {
    expect({ path, titles: text.replace(/^```[\s\S]*?^```$/gm, '').match(/^# .+$/gm)?.length }).toEqual({
      path,
      titles: 1,
    });
    expect(text).toMatch(/^# /);
  });

  it('can all be reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const path of reached) {
      if (!path.endsWith('.md')) continue;
      for (const { target } of links(page(path))) if (target.endsWith('.md')) reached.add(target);
    }
    expect([...reached].sort()).toEqual(expect.arrayContaining(all.map(({ path }) => path).sort()));
  });
});

describe('CHANGELOG.md', () => {
  it('has a place for what is unreleased', () => {
    expect(anchors(page('CHANGELOG.md'))).toContain('unreleased');
  });
});

describe('the decisions', () => {
  const decisions = all.filter(({ path }) => /^docs\/decisions\/\d{4}-/.test(path));

  it('are numbered without gaps', () => {
    const numbers = decisions.map(({ path }) => Number(path.slice('docs/decisions/'.length).slice(0, 4)));
    expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, at) => at + 1));
  });

  it.each(decisions.map((one) => [one.path, one] as const))(
    '%s tells context, decision and consequences',
    (path, one) => {
      expect(one.text).toMatch(
        new RegExp(`^# ${path.slice('docs/decisions/'.length).slice(0, 4)}\\. .+\\n\\nStatus: \\w+`),
      );
      const headings = [...one.text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      expect(headings).toEqual(['Context', 'Decision', 'Consequences']);
    },
  );
});
