import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { MongoStore } from '../../../store/mongo';
import { objectStore } from '../../../store/mongo/objects';
import { s3Pieces, type S3Options, type S3Pieces } from '../../../store/s3/pieces';
import { bucketOf } from '../../../store/s3';
import { scratchFolder } from '../../support/scratch-folder';
import { bodyOf, DAY_MS, newObject, objectCases, PIECE, readWhole, sendChunks } from '../object-cases';
import { codeOf, useStore } from '../store-harness';
import { startS3Server, type S3Server } from './server';

const MIB = 1024 * 1024;

let store: MongoStore;
let server: S3Server;
let options: S3Options;
let pieces: S3Pieces;
const scratch = scratchFolder();
useStore('s3', (opened) => (store = opened));

beforeAll(async () => {
  server = await startS3Server(scratch);
  options = { bucket: server.bucket, endpoint: server.endpoint, region: 'us-east-1', credentials: server.credentials };
  pieces = await s3Pieces(options);
}, 180_000);

afterAll(async () => {
  pieces?.close();
  await server?.child.stop();
});

const files = (): string[] =>
  readdirSync(server.folder, { recursive: true, withFileTypes: true })
    // The server keeps a second file beside each.
    .filter((entry) => entry.isFile() && /^\d+$/.test(entry.name))
    .map(({ name }) => name);

describe('in a bucket', () =>
  objectCases(() => ({ database: store.database, pieces: { ...pieces, pieceBytes: PIECE } })));

it('stores a chunk of the old client as one object, and removes it again', async () => {
  const objects = objectStore(store.database, { pieces });
  while (!(await objects.removeExpired(new Date(Date.now() + 30 * DAY_MS))));
  expect(files()).toEqual([]);
  const bytes = randomBytes(20 * MIB);
  const { object_id, upload_token } = await newObject(objects);
  await sendChunks(objects, upload_token, bytes, 8 * MIB);
  expect(files()).toHaveLength(3);
  expect((await readWhole(objects, object_id)).equals(bytes)).toBe(true);
  expect(await readWhole(objects, object_id, { start: 8 * MIB - 3, end: 8 * MIB + 3 })).toEqual(
    bytes.subarray(8 * MIB - 3, 8 * MIB + 4),
  );
  expect(await store.database.c.object_pieces.countDocuments({})).toBe(0);
  while (!(await objects.removeOf('p', 'd')));
  expect(files()).toEqual([]);
});

it('reads what went to MongoDB before, and says what is missing when the bucket is not configured any more', async () => {
  const [before, after] = [objectStore(store.database), objectStore(store.database, { pieces })];
  const bytes = randomBytes(5_000);
  const [old, young] = [await newObject(before), await newObject(after)];
  await after.putWhole(old.upload_token, bodyOf(bytes));
  await after.putWhole(young.upload_token, bodyOf(bytes));
  expect(await readWhole(after, old.object_id)).toEqual(bytes);
  expect(await readWhole(before, old.object_id)).toEqual(bytes);
  await expect(readWhole(before, young.object_id)).rejects.toThrow('lie in s3, which is not configured');
  while (!(await before.removeExpired(new Date(Date.now() + 30 * DAY_MS))));
  expect(await before.get(old.object_id)).toBeNull();
  expect(await readWhole(after, young.object_id)).toEqual(bytes);
});

it.each([
  ['a wrong secret', () => ({ credentials: { accessKeyId: 'test', secretAccessKey: 'wrong' } })],
  ['no such bucket', () => ({ bucket: 'nowhere' })],
  ['nobody at the address', () => ({ endpoint: 'http://127.0.0.1:9' })],
])('with %s it is unavailable, and stores nothing', async (_, wrong) => {
  const broken = await s3Pieces({ ...options, ...wrong() });
  const objects = objectStore(store.database, { pieces: broken });
  const { object_id, upload_token } = await newObject(objects);
  expect(await codeOf(objects.putWhole(upload_token, bodyOf(randomBytes(100))))).toBe('store_unavailable');
  expect(await objects.get(object_id)).toMatchObject({ state: 'PENDING', received: 0 });
  expect(await codeOf(broken.get('a', 0, 1))).toBe('store_unavailable');
  broken.close();
});

it('is made from settings that name a bucket, with both halves of a credential or none', async () => {
  const settings = { s3Bucket: 'b', s3Endpoint: undefined, s3Region: 'r', s3AccessKeyId: 'a', s3SecretAccessKey: 's' };
  expect(await bucketOf({ ...settings, s3Bucket: undefined })).toBeUndefined();
  const bucket = await bucketOf(settings);
  expect(bucket?.place).toBe('s3');
  bucket?.close();
  await expect(bucketOf({ ...settings, s3SecretAccessKey: undefined })).rejects.toThrow('S3_SECRET_ACCESS_KEY');
});
