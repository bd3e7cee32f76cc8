import type { Document } from 'mongodb';
import { PAGE_INDEX } from '../store/mongo/frames';
import { emptyCollection, type Bench } from './bench';
import { timed } from './stats';

const BATCH = 1_000;
const IN_FLIGHT = 4;

/** Every revision of a dataset, as the store holds them. */
export async function revisionsOf(bench: Bench, key: number): Promise<Document[]> {
  return bench.db.collection('frames').find({ dataset: key }).toArray();
}

/** Documents a second of the plain driver: `insertMany`, 1,000 at a time, four in flight, majority and journal. */
export async function insertManyRate({ floor }: Bench, documents: Document[], indexed = false): Promise<number> {
  const collection = await emptyCollection(floor, 'insert_many');
  if (indexed) await collection.createIndex(PAGE_INDEX);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < documents.length) {
      const batch = documents.slice(next, (next += BATCH));
      await collection.insertMany(batch);
    }
  };
  const { ms } = await timed(() => Promise.all(Array.from({ length: IN_FLIGHT }, lane)));
  return (documents.length / ms) * 1000;
}
