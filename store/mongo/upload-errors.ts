import type { ItemError } from '../records';
import { keptLines } from './chunk-lines';
import { itemNumbers } from './item-numbers';
import type { Collections } from './database';
import type { UploadDoc } from './documents';

/**
 * The FAILED items of an upload in item order. Only one chunk's errors are held at a time, beside a list of which
 * chunks have any.
 */
export async function* uploadErrors(
  c: Collections,
  upload: UploadDoc,
  { after, bodies }: { after?: number; bodies: boolean },
): AsyncIterable<ItemError & { body?: string }> {
  const groups = new Map<string, { ids: string[]; first: number }>();
  for await (const row of c.chunks
    .find({ upload_id: upload._id, 'counts.failed': { $gt: 0 } })
    .project<{ _id: string; retry_of?: string; errors: ItemError[] }>({ retry_of: 1, errors: { $slice: 1 } })) {
    const root = row.retry_of ?? row._id;
    const first = row.errors[0]?.item ?? 0;
    const group = groups.get(root);
    groups.set(root, { ids: [...(group?.ids ?? []), row._id], first: Math.min(first, group?.first ?? first) });
  }
  for (const { ids } of [...groups.values()].sort((a, b) => a.first - b.first)) {
    const found: (ItemError & { body?: string })[] = [];
    for (const chunk of await c.chunks.find({ _id: { $in: ids } }).toArray()) {
      const wanted = (chunk.errors ?? []).filter((error) => after === undefined || error.item > after);
      if (wanted.length === 0) continue;
      const kept = bodies ? await keptLines(c, chunk) : undefined;
      const number = await itemNumbers(c, chunk);
      const lines = new Map([...(kept ?? [])].map(([at, line]) => [number(at), line]));
      found.push(...wanted.map((error) => ({ ...error, body: lines.get(error.item) })));
    }
    yield* found.sort((a, b) => a.item - b.item);
  }
}
