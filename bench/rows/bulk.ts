import { insertManyRate, revisionsOf } from '../floor';
import type { Bench } from '../bench';
import { items } from '../frames';
import { atLeast, type Row } from '../row';
import { median, timed } from '../stats';

const FRAMES = 50_000;
const POST = 10_000;
const ROUNDS = 3;

/** Bulk ingest and re-upload through HTTP, in turn with the plain driver's inserts of the same documents. */
export async function bulk(bench: Bench): Promise<Row[]> {
  const { client, scale } = bench;
  const frames = Math.round((FRAMES * scale) / POST) * POST || POST;
  const posts = (salt: (n: number) => number): Buffer[] =>
    Array.from({ length: frames / POST }, (_, at) => items(at * POST, POST, salt));
  const first = posts(() => 0);
  const onePercent = posts((n) => (n % 100 === 0 ? 1 : 0));
  const all = posts(() => 2);
  const rate = async (dataset: string, bodies: Buffer[], applied: number): Promise<number> => {
    const { ms, result } = await timed(() => client.upload(dataset, bodies));
    if (result.counts.applied !== applied) throw new Error(`Of ${frames} frames ${result.counts.applied} were applied`);
    return (frames / ms) * 1000;
  };
  const rates = {
    floor: [] as number[],
    indexed: [] as number[],
    fresh: [] as number[],
    single: [] as number[],
    again: [] as number[],
    all: [] as number[],
  };
  for (let round = 0; round < ROUNDS; round++) {
    const dataset = await bench.dataset(`bulk_${round}`);
    rates.fresh.push(await rate(dataset, first, frames));
    const documents = await revisionsOf(bench, await bench.key(dataset));
    if (documents.length !== frames) throw new Error(`The store holds ${documents.length} of ${frames} frames`);
    rates.floor.push(await insertManyRate(bench, documents));
    rates.again.push(await rate(dataset, onePercent, frames / 100));
    rates.floor.push(await insertManyRate(bench, documents));
    rates.all.push(await rate(dataset, all, frames));
    rates.indexed.push(await insertManyRate(bench, documents, true));
    rates.single.push(await rate(await bench.dataset(`bulk_single_${round}`), [Buffer.concat(first)], frames));
  }
  const floor = { name: 'insertMany', value: median(rates.floor) };
  return [
    { name: 'Driver floor: insertMany of the same documents', value: floor.value, unit: 'frames/s' },
    { name: 'The same with the index of the frames', value: median(rates.indexed), unit: 'frames/s' },
    atLeast(
      `Bulk ingest of ${frames} frames x 5 labels, posts of ${POST}`,
      median(rates.fresh),
      'frames/s',
      floor,
      0.6,
    ),
    {
      name: 'Bulk ingest in one post',
      value: median(rates.single),
      unit: 'frames/s',
      against: floor,
      ratio: median(rates.single) / floor.value,
    },
    atLeast('Re-upload with 1 % changed', median(rates.again), 'frames/s', floor, 0.9),
    {
      name: 'Re-upload with all changed',
      value: median(rates.all),
      unit: 'frames/s',
      against: floor,
      ratio: median(rates.all) / floor.value,
    },
  ];
}
