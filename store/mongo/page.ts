import type { Page } from '../store';

/** Cuts a page out of `limit + 1` rows; the cursor is the last row's key when there are more. */
export function pageOf<T, C>(rows: T[], limit: number, cursor: (row: T) => C): Page<T, C> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursor(last) : null };
}
