import type { ChunkRange } from '../../store/objects';

/** What a PUT says about its body: a chunk, or a question about what is stored. */
export type ContentRange = { kind: 'chunk'; chunk: ChunkRange } | { kind: 'question' };

/**
 * Reads `Content-Range: bytes <first>-<last>/<total>` and, with `*` for the place, the question of a client that was
 * interrupted. Null for anything else.
 */
export function parseContentRange(header: string): ContentRange | null {
  if (/^bytes \*\/(\*|\d{1,15})$/.test(header)) return { kind: 'question' };
  const [, ...numbers] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(header) ?? [];
  const [first, last, total] = numbers.map(Number);
  if (first === undefined || last === undefined || total === undefined) return null;
  return first <= last && last < total ? { kind: 'chunk', chunk: { first, last, total } } : null;
}
