import { box, put } from './store-harness';

/** An item that fails alone. */
export const BAD = put('bad', { labels: [box('l', { class: 'unicorn' })] });
/** Chunks of so many items do not share a group of a thousand. */
export const OWN_GROUP = 600;

export const frames = (count: number, prefix = 'f') =>
  Array.from({ length: count }, (_, at) => put(`${prefix}${String(at).padStart(4, '0')}`, { labels: [box('l')] }));
