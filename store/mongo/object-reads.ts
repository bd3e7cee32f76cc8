import { ObjectError } from '../object-error';
import type { Database } from './database';
import type { ObjectDoc, ObjectPartDoc } from './documents';
import { pieceId } from './object-attempts';
import { placeOf, type Places } from './object-places';

/** The most that is fetched at once, in bytes. */
const READ_BYTES = 2 * 1024 * 1024;
/** Parts looked up at once. */
const PARTS_AT_ONCE = 500;

/**
 * The bytes `start` to `end` of an object, both included. No cursor stays open while the reader is slow; one fetch runs
 * ahead of it.
 * @throws ObjectError object_not_found when it is removed meanwhile
 */
export async function* readObject(
  database: Database,
  places: Places,
  object: ObjectDoc,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void> {
  const pieces = placeOf(places, object.place);
  let ahead: Promise<Uint8Array | null> | undefined;
  for await (const { id, from, to } of slices(database, object._id, start, end)) {
    const here = pieces.get(id, from, to);
    // It is awaited in the next round; until then nobody would listen.
    here.catch(() => undefined);
    if (ahead) yield present(await ahead);
    ahead = here;
  }
  if (ahead) yield present(await ahead);

  function present(bytes: Uint8Array | null): Uint8Array {
    if (bytes) return bytes;
    throw new ObjectError('object_not_found', `The object ${object._id} was removed while it was read`);
  }
}

/** Which bytes of which pieces, in order. */
async function* slices(
  database: Database,
  object: string,
  start: number,
  end: number,
): AsyncGenerator<{ id: string; from: number; to: number }, void> {
  for (let at = start; at <= end;) {
    const parts = await partsFrom(database, object, at);
    if (parts.length === 0) throw new ObjectError('object_not_found', `The object ${object} was removed`);
    for (const part of parts) {
      const partEnd = Math.min(end, part.first + part.bytes - 1);
      while (at <= partEnd) {
        const within = at - part.first;
        const number = Math.floor(within / part.piece_bytes);
        const pieceEnd = part.first + (number + 1) * part.piece_bytes - 1;
        const last = Math.min(partEnd, pieceEnd, at + READ_BYTES - 1);
        const from = within - number * part.piece_bytes;
        yield { id: pieceId(part._id, number), from, to: from + last - at };
        at = last + 1;
      }
    }
  }
}

/** Parts that count, beginning with the one that holds a byte. */
async function partsFrom({ c }: Database, object: string, at: number): Promise<ObjectPartDoc[]> {
  const counting = { object, digest: { $exists: true } };
  const [holder] = await c.object_parts
    .find({ ...counting, first: { $lte: at } })
    .sort({ first: -1 })
    .limit(1)
    .toArray();
  if (!holder) return [];
  return c.object_parts
    .find({ ...counting, first: { $gte: holder.first } })
    .sort({ first: 1 })
    .limit(PARTS_AT_ONCE)
    .toArray();
}
