import type { Collections } from './database';

/**
 * The next number of a series. Not itself waited for on the journal: the write that uses the number is, and the journal
 * keeps the order of both.
 */
export async function nextNumber(c: Collections, series: string): Promise<number> {
  const counter = await c.counters.findOneAndUpdate(
    { _id: series },
    { $inc: { n: 1 } },
    { upsert: true, returnDocument: 'after', writeConcern: { w: 1 } },
  );
  if (!counter) throw new Error(`The counter ${series} gave no number`);
  return counter.n;
}
