import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The project's folder. */
export const ROOT = join(__dirname, '..', '..');

/** One page of the documentation. */
export interface Page {
  /** From the project's folder, with `/`. */
  path: string;
  text: string;
}

/** Every page that a reader of the project finds. */
export function pages(): Page[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name));
  return ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...docs].map(page);
}

export function page(path: string): Page {
  return { path: path.replaceAll('\\', '/'), text: readFileSync(join(ROOT, path), 'utf8') };
}

/** A page without what stands in fences. */
export function prose({ text }: Page): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

/** The cells of every table row of a page, without the lines under the headings. */
export function tableRows({ text }: Page): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s:|-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** Relative links of a page, as paths from the project's folder, with their anchors. */
export function links(from: Page): { target: string; anchor: string | undefined }[] {
  return [...prose(from).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? from.path : relative(ROOT, join(ROOT, dirname(from.path), path));
      return { target, anchor };
    });
}

/** What GitHub makes of a page's headings. */
export function anchors({ text }: Page): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
