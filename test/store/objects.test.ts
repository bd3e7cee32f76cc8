import type { ObjectStore } from '../../store/objects';
import type { MongoStore } from '../../store/mongo';
import { mongoPieces } from '../../store/mongo/object-pieces';
import { observe } from './profile';
import {
  bodyOf,
  DAY_MS,
  HOUR_MS,
  leftOf,
  makeObjects,
  newObject,
  objectCases,
  PIECE,
  readWhole,
  sendChunks,
  Trickle,
  type ObjectBench,
} from './object-cases';
import { codeOf, useStore } from './store-harness';

let store: MongoStore;
let bench: ObjectBench;
let objects: ObjectStore;
useStore('objects', (opened) => {
  store = opened;
  bench = { database: store.database, pieces: { ...mongoPieces(store.database), pieceBytes: PIECE } };
  objects = makeObjects(bench);
});

const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, at) => at % 251));
const total = bytes.length;
const chunk = (first: number, last: number, of = total) => ({ first, last, total: of });
const part = (first: number, last: number) => bodyOf(bytes.subarray(first, last + 1));
const later = (ms: number): Date => new Date(Date.now() + ms);

describe('in MongoDB', () => objectCases(() => bench));

describe('ids and tokens', () => {
  it('are long, and neither tells the other', async () => {
    const { object_id, upload_token } = await newObject(objects);
    expect(object_id).toMatch(/^[\w-]{43}$/);
    expect(upload_token).toMatch(/^[\w-]{43}$/);
    expect(await objects.get(upload_token)).toBeNull();
    expect(await objects.byUploadToken(object_id)).toBeNull();
    expect(await objects.byUploadToken(upload_token)).toMatchObject({ object_id, state: 'PENDING', size: null });
    expect(JSON.stringify(await store.database.c.objects.findOne({ _id: object_id }))).not.toContain(upload_token);
  });

  it('that are no text of ours find nothing', async () => {
    for (const id of ['', '../../etc/passwd', '$where', 'a'.repeat(100_000), '\0']) {
      expect(await objects.get(id)).toBeNull();
      expect(await objects.byUploadToken(id)).toBeNull();
    }
  });
});

describe('a chunk', () => {
  it('that is stored already is answered with its end, without being read', async () => {
    const { upload_token } = await newObject(objects);
    await objects.append(upload_token, chunk(0, 1_999), part(0, 1_999));
    await objects.append(upload_token, chunk(2_000, 3_999), part(2_000, 3_999));
    const unread = new Trickle();
    expect(await objects.append(upload_token, chunk(0, 1_999), unread)).toEqual({ received: 2_000, complete: false });
    await objects.append(upload_token, chunk(4_000, 4_999), part(4_000, 4_999));
    expect(await objects.append(upload_token, chunk(4_000, 4_999), unread)).toEqual({
      received: 5_000,
      complete: true,
    });
    expect(await objects.append(upload_token, chunk(0, 1_999), unread)).toEqual({ received: 2_000, complete: false });
  });

  it('out of order is refused, and the upload goes on', async () => {
    const { object_id, upload_token } = await newObject(objects);
    expect(await codeOf(objects.append(upload_token, chunk(1_000, 1_999), part(1_000, 1_999)))).toBe('out_of_order');
    await objects.append(upload_token, chunk(0, 999), part(0, 999));
    expect(await codeOf(objects.append(upload_token, chunk(500, 1_499), part(500, 1_499)))).toBe('out_of_order');
    expect(await codeOf(objects.append(upload_token, chunk(2_000, 2_999), part(2_000, 2_999)))).toBe('out_of_order');
    await objects.append(upload_token, chunk(1_000, 4_999), part(1_000, 4_999));
    expect(await readWhole(objects, object_id)).toEqual(bytes);
  });

  it.each([
    ['another total', chunk(1_000, 1_999, 6_000), 1_000, 'wrong_total'],
    ['fewer bytes than it says', chunk(1_000, 1_999), 999, 'wrong_length'],
    ['more bytes than it says', chunk(1_000, 1_999), 1_001, 'wrong_length'],
  ])('with %s ends the upload', async (_, range, sent, code) => {
    const { object_id, upload_token } = await newObject(objects);
    await objects.append(upload_token, chunk(0, 999), part(0, 999));
    expect(await codeOf(objects.append(upload_token, range, part(1_000, 999 + sent)))).toBe(code);
    expect(await codeOf(objects.resumeAt(upload_token))).toBe('refused');
    expect(await codeOf(objects.append(upload_token, chunk(1_000, 4_999), part(1_000, 4_999)))).toBe('refused');
    expect((await leftOf(bench, object_id)).parts).toBe(1);
  });

  it('cannot make an object larger than allowed', async () => {
    const { upload_token } = await newObject(objects);
    expect(await codeOf(objects.begin(upload_token, 1_000_001))).toBe('too_large');
    expect(await codeOf(objects.append(upload_token, chunk(0, 999, 1_000_001), part(0, 999)))).toBe('too_large');
    const small = makeObjects(bench, { maxBytes: 1_500 });
    const other = await newObject(objects);
    expect(await codeOf(small.putWhole(other.upload_token, part(0, 1_500)))).toBe('too_large');
    expect(await codeOf(small.putWhole(other.upload_token, part(0, 10), 1_501))).toBe('too_large');
    expect((await leftOf(bench, other.object_id)).parts).toBe(0);
  });

  it('finds its upload gone once that has expired', async () => {
    const { upload_token } = await newObject(objects);
    await objects.append(upload_token, chunk(0, 999), part(0, 999));
    const tomorrow = makeObjects(bench, { clock: () => later(DAY_MS + HOUR_MS) });
    expect(await tomorrow.byUploadToken(upload_token)).toBeNull();
    expect(await codeOf(tomorrow.append(upload_token, chunk(1_000, 4_999), part(1_000, 4_999)))).toBe('unknown_upload');
  });

  it('whose upload is removed while it comes leaves nothing', async () => {
    const { object_id, upload_token } = await newObject(objects, { project: 'gone' });
    const trickle = new Trickle();
    const sent = objects.append(upload_token, chunk(0, total - 1), trickle);
    await trickle.feed(bytes.subarray(0, 3_000));
    while (!(await objects.removeOf('gone')));
    await trickle.feed(bytes.subarray(3_000));
    await trickle.end();
    expect(await codeOf(sent)).toBe('unknown_upload');
    expect(await leftOf(bench, object_id)).toEqual({ record: 0, parts: 0 });
    expect(await store.database.c.object_pieces.countDocuments({ _id: new RegExp(`^${object_id}`) })).toBe(0);
  });
});

describe('a total', () => {
  it('may be changed until bytes came', async () => {
    const { upload_token } = await newObject(objects);
    await objects.begin(upload_token, 77);
    await objects.begin(upload_token, null);
    expect(await objects.begin(upload_token, total)).toMatchObject({ size: total });
    await objects.append(upload_token, chunk(0, 999), part(0, 999));
    expect(await codeOf(objects.begin(upload_token, 77))).toBe('wrong_total');
    await objects.begin(upload_token, total);
  });
});

describe('where an upload goes on', () => {
  it('is after what is stored, and before the last chunk of what is complete', async () => {
    const { upload_token } = await newObject(objects);
    expect(await objects.resumeAt(upload_token)).toBe(0);
    await objects.append(upload_token, chunk(0, 1_999), part(0, 1_999));
    expect(await objects.resumeAt(upload_token)).toBe(2_000);
    await objects.append(upload_token, chunk(2_000, 4_999), part(2_000, 4_999));
    expect(await objects.resumeAt(upload_token)).toBe(2_000);
    const single = await newObject(objects);
    await sendChunks(objects, single.upload_token, bytes, total);
    expect(await objects.resumeAt(single.upload_token)).toBe(0);
  });
});

describe('reading', () => {
  it('is for complete objects', async () => {
    const { object_id, upload_token } = await newObject(objects);
    await objects.append(upload_token, chunk(0, 999), part(0, 999));
    expect(await codeOf(readWhole(objects, object_id))).toBe('object_incomplete');
    expect(await codeOf(readWhole(objects, 'nothing'))).toBe('object_not_found');
  });

  it('ends with an error when the object is removed meanwhile', async () => {
    const { object_id, upload_token } = await newObject(objects, { project: 'removed' });
    await objects.putWhole(upload_token, bodyOf(bytes));
    const reading = objects.read(object_id)[Symbol.asyncIterator]();
    await reading.next();
    while (!(await objects.removeOf('removed')));
    const rest = async (): Promise<void> => {
      while ((await reading.next()).done !== true);
    };
    expect(await codeOf(rest())).toBe('object_not_found');
  });

  it('tells the type of images alone', async () => {
    const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), bytes]);
    const images = [
      ['image/png', png],
      ['image/jpeg', Buffer.from('\xff\xd8\xff\xe0', 'latin1')],
      [undefined, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
      [undefined, Buffer.from('<!doctype html><script>alert(1)</script>')],
    ] as const;
    for (const [type, image] of images) {
      const { object_id, upload_token } = await newObject(objects, { kind: 'ASSET' });
      await objects.putWhole(upload_token, bodyOf(image));
      expect((await objects.get(object_id))?.content_type).toBe(type);
    }
    const { object_id, upload_token } = await newObject(objects);
    await sendChunks(objects, upload_token, png, 1_000);
    expect((await objects.get(object_id))?.content_type).toBe('image/png');
  });
});

describe('queries', () => {
  it('look at what they answer, however much else there is', async () => {
    const made = await newObject(objects, { project: 'plans', dataset: 'one' });
    await sendChunks(objects, made.upload_token, bytes, 1_000);
    await store.database.c.objects.insertMany(
      Array.from({ length: 2_000 }, (_, n) => ({
        _id: `filler${n}`,
        token_hash: `hash${n}`,
        project: 'plans',
        dataset: `other${n % 10}`,
        filename: 'f',
        kind: 'ASSET' as const,
        state: 'COMPLETE' as const,
        place: 'mongodb' as const,
        received: 0,
        size: 0,
        created_at: new Date(),
        ...(n % 2 === 0 && { claims: [`upload${n}`] }),
        ...(n % 2 === 1 && { expires_at: later(100 * DAY_MS) }),
      })),
    );
    await store.database.c.object_parts.insertMany(
      Array.from({ length: 2_000 }, (_, n) => ({
        _id: `filler/${n}`,
        object: 'filler',
        first: n,
        bytes: 1,
        piece_bytes: 1,
        place: 'mongodb' as const,
        digest: 'd',
      })),
    );
    const cases: [string, () => Promise<unknown>][] = [
      ['get', () => objects.get(made.object_id)],
      ['byUploadToken', () => objects.byUploadToken(made.upload_token)],
      ['resumeAt', () => objects.resumeAt(made.upload_token)],
      ['read', () => readWhole(objects, made.object_id, { start: 3_500, end: 4_200 })],
      ['claim', () => objects.claim([made.object_id], 'up')],
      ['release', () => objects.release('up')],
      ['removeExpired', () => objects.removeExpired(new Date())],
      ['removeOf', () => objects.removeOf('plans', 'one')],
    ];
    for (const [name, verb] of cases) {
      const commands = await observe(store, verb);
      expect([name, commands.length]).not.toEqual([name, 0]);
      for (const command of commands) {
        const examined = { name, plan: command.plan, few: command.docs <= 10 && command.keys <= 20 };
        expect(examined).toEqual({ name, plan: expect.not.stringContaining('COLLSCAN') as string, few: true });
      }
    }
    expect(await objects.get(made.object_id)).toBeNull();
  });
});
