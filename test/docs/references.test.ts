import { ENDPOINTS } from '../../api/contract';
import { API_ROOT } from '../../api/contract/endpoint';
import { openApiDocument } from '../../api/contract/openapi';
import { SETTINGS } from '../../config/settings';
import type { Setting } from '../../config/setting-types';
import { ITEM_STATES, UPLOAD_STATES } from '../../domain/upload';
import { LABEL_TYPES } from '../../domain/frame';
import { page, tableRows } from './pages';

/** The words that a table's cell has in backticks. */
const words = (cell: string | undefined): string[] =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? '');

describe('docs/references/settings.md', () => {
  it('has every setting once, with its type, default and sentence, and no other', () => {
    const rows = tableRows(page('docs/references/settings.md')).filter((cells) => cells.length === 4);
    const inCode = Object.values<Setting>(SETTINGS).map(({ name, type, default: value, sentence }) => [
      `\`${name}\``,
      type,
      value === undefined ? 'none' : `\`${value}\``,
      sentence,
    ]);
    expect(rows.slice(1)).toEqual(inCode);
  });
});

describe('docs/references/api.md', () => {
  const rows = tableRows(page('docs/references/api.md')).filter((cells) => /^[A-Z]+$/.test(cells[0] ?? ''));
  const described = openApiDocument(ENDPOINTS, '0') as unknown as {
    paths: Record<string, Record<string, { 'x-role': string; summary: string }>>;
  };
  const operations = Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [
      method.toUpperCase(),
      `\`${path.startsWith(`${API_ROOT}/`) ? path.slice(API_ROOT.length) : path}\``,
      operation['x-role'],
      operation.summary,
    ]),
  );
  const sorted = (list: string[][]) => list.map((cells) => cells.join(' | ')).sort();

  it('has every endpoint of the OpenAPI document once, with its role, and no other', () => {
    expect(operations.length).toBeGreaterThan(30);
    expect(sorted(rows)).toEqual(sorted(operations));
  });

  it('has every state of an upload, and no other', () => {
    const states = tableRows(page('docs/references/api.md'))
      .filter((cells) => cells.length === 2)
      .flatMap(([state]) => words(state));
    expect(states.sort()).toEqual([...UPLOAD_STATES].sort());
  });
});

describe('docs/references/item-format.md', () => {
  const rows = tableRows(page('docs/references/item-format.md'));

  it('has every label type, and no other', () => {
    const types = rows.flatMap(([type]) => words(type)).filter((word) => /^[A-Z]+(_[A-Z0-9]+)+$/.test(word));
    expect(types.filter((type) => !(ITEM_STATES as readonly string[]).includes(type)).sort()).toEqual(
      [...LABEL_TYPES].sort(),
    );
  });

  it('has every state of an item', () => {
    expect(rows.flatMap(([state]) => words(state))).toEqual(expect.arrayContaining([...ITEM_STATES]));
  });
});
