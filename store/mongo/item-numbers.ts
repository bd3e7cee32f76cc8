import { submissionOf } from './chunk-id';
import type { Collections } from './database';
import type { ChunkDoc } from './documents';

/** Answers the upload's item number for a position in the chunk. */
export async function itemNumbers(
  c: Collections,
  chunk: Pick<ChunkDoc, '_id' | 'offset' | 'item_numbers'>,
): Promise<(at: number) => number> {
  const { item_numbers } = chunk;
  if (item_numbers) return (at) => item_numbers[at] ?? -1;
  const submission = await c.submissions.findOne({ _id: submissionOf(chunk._id) }, { projection: { first_item: 1 } });
  const first = (submission?.first_item ?? 0) + chunk.offset;
  return (at) => first + at;
}
