import { createHash, randomBytes } from 'node:crypto';
import type { ObjectKind, ObjectStore } from '../../store/objects';
import type { Database } from '../../store/mongo/database';
import { objectStore, type ObjectStoreOptions } from '../../store/mongo/objects';
import type { PieceStore } from '../../store/pieces';
import { codeOf, freshId } from './store-harness';

/** What the cases stand on. Pieces are 1,000 bytes, so that small bodies have several. */
export interface ObjectBench {
  database: Database;
  pieces: PieceStore;
}

export const PIECE = 1_000;
export const HOUR_MS = 3600 * 1000;
export const DAY_MS = 24 * HOUR_MS;

export function makeObjects({ database, pieces }: ObjectBench, options: ObjectStoreOptions = {}): ObjectStore {
  return objectStore(database, { pieces, maxBytes: 1_000_000, ...options });
}

export async function newObject(
  objects: ObjectStore,
  { kind = 'FILE' as ObjectKind, project = 'p', dataset = 'd' } = {},
) {
  return objects.create({ project, dataset, filename: `${freshId('file')}.jsonl`, kind });
}

/** A body in parts of the given size. */
export async function* bodyOf(bytes: Uint8Array, partBytes = 333): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes);
}

export async function readWhole(objects: ObjectStore, id: string, range?: { start?: number; end?: number }) {
  const parts: Uint8Array[] = [];
  for await (const part of objects.read(id, range)) parts.push(part);
  return Buffer.concat(parts);
}

/** Sends chunk after chunk. */
export async function sendChunks(objects: ObjectStore, token: string, bytes: Uint8Array, chunkBytes: number) {
  const total = bytes.length;
  let answer = { received: 0, complete: false };
  for (let first = 0; first < total; first += chunkBytes) {
    const last = Math.min(first + chunkBytes, total) - 1;
    answer = await objects.append(token, { first, last, total }, bodyOf(bytes.subarray(first, last + 1)));
  }
  return answer;
}

/** A body that a test feeds by hand; `break` ends it as a client that goes away does. */
export class Trickle implements AsyncIterable<Uint8Array> {
  private give: ((next: IteratorResult<Uint8Array> | Error) => void) | undefined;
  private asked: (() => void) | undefined;

  /** Resolves once the bytes are taken and more are asked for. */
  async feed(bytes: Uint8Array): Promise<void> {
    await this.answer({ done: false, value: bytes });
    await this.wanted();
  }

  end = (): Promise<void> => this.answer({ done: true, value: undefined });
  break = (): Promise<void> => this.answer(new Error('The client went away'));

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const next = () =>
      new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        this.give = (result) => (result instanceof Error ? reject(result) : resolve(result));
        this.asked?.();
      });
    return { next };
  }

  private async answer(result: IteratorResult<Uint8Array> | Error): Promise<void> {
    await this.wanted();
    this.give?.(result);
    this.give = undefined;
  }

  private async wanted(): Promise<void> {
    if (this.give === undefined) await new Promise<void>((resolve) => (this.asked = resolve));
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What is left of objects in the collections and where pieces lie. */
export async function leftOf({ database: { c } }: ObjectBench, object_id: string) {
  return {
    record: await c.objects.countDocuments({ _id: object_id }),
    parts: await c.object_parts.countDocuments({ object: object_id }),
  };
}

/** What every place for pieces must do. */
export function objectCases(bench: () => ObjectBench): void {
  const bytes = randomBytes(10_500);

  it('stores what comes in chunks, and reads it and every range of it back', async () => {
    const objects = makeObjects(bench());
    const { object_id, upload_token } = await newObject(objects);
    await objects.begin(upload_token, bytes.length);
    await objects.begin(upload_token, bytes.length);
    expect(await sendChunks(objects, upload_token, bytes, 2_600)).toEqual({ received: 10_500, complete: true });
    expect(await objects.get(object_id)).toMatchObject({ state: 'COMPLETE', received: 10_500, size: 10_500 });
    expect(sha256(await readWhole(objects, object_id))).toBe(sha256(bytes));
    for (const [start, end] of [
      [0, 0],
      [999, 1_000],
      [2_599, 2_600],
      [2_600, 5_199],
      [1, 10_498],
      [10_499, 10_499],
      [10_000, 20_000],
      [10_500, 10_600],
    ] as const)
      expect(await readWhole(objects, object_id, { start, end })).toEqual(bytes.subarray(start, end + 1));
  });

  it.each([0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])('stores a whole object of %i bytes', async (size) => {
    const objects = makeObjects(bench());
    const { object_id, upload_token } = await newObject(objects, { kind: 'ASSET' });
    const whole = bytes.subarray(0, size);
    await objects.putWhole(upload_token, bodyOf(whole));
    expect(await objects.get(object_id)).toMatchObject({ state: 'COMPLETE', size });
    expect(await readWhole(objects, object_id)).toEqual(Buffer.from(whole));
    // A client that did not see the answer sends it again.
    await objects.putWhole(upload_token, bodyOf(whole));
    expect(await codeOf(objects.putWhole(upload_token, bodyOf(Buffer.from('other'))))).toBe('already_complete');
  });

  it('takes one of racing twins, and tells the other that its bytes are stored', async () => {
    const objects = makeObjects(bench());
    const { object_id, upload_token } = await newObject(objects);
    for (let first = 0; first < bytes.length; first += 3_500) {
      const chunk = { first, last: first + 3_499, total: bytes.length };
      const twins = Array.from({ length: 4 }, () =>
        objects.append(upload_token, chunk, bodyOf(bytes.subarray(first, first + 3_500))),
      );
      const complete = chunk.last + 1 === chunk.total;
      for (const answer of await Promise.all(twins)) expect(answer).toEqual({ received: chunk.last + 1, complete });
    }
    expect(await readWhole(objects, object_id)).toEqual(bytes);
    expect((await leftOf(bench(), object_id)).parts).toBe(3);
  });

  it('counts nothing of a chunk that breaks off, and goes on from before it', async () => {
    const objects = makeObjects(bench());
    const { object_id, upload_token } = await newObject(objects);
    const total = bytes.length;
    await objects.append(upload_token, { first: 0, last: 2_999, total }, bodyOf(bytes.subarray(0, 3_000)));
    const trickle = new Trickle();
    const broken = objects.append(upload_token, { first: 3_000, last: total - 1, total }, trickle);
    await trickle.feed(bytes.subarray(3_000, 9_000));
    await trickle.break();
    await expect(broken).rejects.toThrow('The client went away');
    expect(await objects.resumeAt(upload_token)).toBe(3_000);
    expect((await leftOf(bench(), object_id)).parts).toBe(1);
    const rest = { first: 3_000, last: total - 1, total };
    await objects.append(upload_token, rest, bodyOf(bytes.subarray(3_000)));
    expect(await readWhole(objects, object_id)).toEqual(bytes);
  });

  it('removes the pieces of what has expired, and of attempts that died', async () => {
    const objects = makeObjects(bench());
    const { object_id, upload_token } = await newObject(objects);
    await objects.putWhole(upload_token, bodyOf(bytes));
    await bench().pieces.put(`${object_id}/died/00000000`, bytes);
    await bench().database.c.object_parts.insertOne({
      _id: `${object_id}/died`,
      object: object_id,
      first: 0,
      bytes: 0,
      piece_bytes: PIECE,
      place: bench().pieces.place,
      pending: true,
      beat_at: new Date(Date.now() - 2 * HOUR_MS),
    });
    while (!(await objects.removeExpired(new Date())));
    expect(await bench().pieces.get(`${object_id}/died/00000000`, 0, 1)).toBeNull();
    expect(await leftOf(bench(), object_id)).toEqual({ record: 1, parts: 1 });
    expect(await readWhole(objects, object_id)).toEqual(bytes);
    const [part] = await bench().database.c.object_parts.find({ object: object_id }).toArray();
    while (!(await objects.removeExpired(new Date(Date.now() + 8 * DAY_MS))));
    expect(await leftOf(bench(), object_id)).toEqual({ record: 0, parts: 0 });
    expect(await bench().pieces.get(`${part?._id}/00000000`, 0, 1)).toBeNull();
  });
}
