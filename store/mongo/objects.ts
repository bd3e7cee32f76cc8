import { createHash, randomBytes } from 'node:crypto';
import { ObjectError } from '../object-error';
import type { ObjectRecord, ObjectStore } from '../objects';
import type { PieceStore } from '../pieces';
import type { Database } from './database';
import type { ObjectDoc } from './documents';
import { ObjectAttempts, tooLarge } from './object-attempts';
import { objectClaims } from './object-claims';
import { mongoPieces } from './object-pieces';
import { toRecord } from './object-record';
import type { Places } from './object-places';
import { readObject } from './object-reads';
import { objectRemoval } from './object-removal';

const HOUR_MS = 3600 * 1000;
/** Since the last byte that was taken. */
const INCOMPLETE_MS = 24 * HOUR_MS;
/** For complete objects that nothing needs. */
const UNUSED_MS = 7 * 24 * HOUR_MS;

export interface ObjectStoreOptions {
  /** Of one object. */
  maxBytes?: number;
  /** Where the bytes of new objects go; MongoDB unless given. */
  pieces?: PieceStore;
  /** The time now. */
  clock?: () => Date;
}

const GIB = 1024 ** 3;

/** Records of objects in MongoDB, their bytes there or elsewhere. */
export function objectStore(database: Database, options: ObjectStoreOptions = {}): ObjectStore {
  const { maxBytes = 50 * GIB, clock = () => new Date() } = options;
  const { c } = database;
  const inMongo = mongoPieces(database);
  const { place } = options.pieces ?? inMongo;
  const places: Places = { mongodb: inMongo, ...(options.pieces && { [place]: options.pieces }) };
  const attempts = new ObjectAttempts(database, places, clock);
  const inMs = (ms: number): Date => new Date(clock().getTime() + ms);

  return {
    async create({ project, dataset, filename, kind }) {
      const [object_id, upload_token] = [secret(), secret()];
      await c.objects.updateOne(
        { _id: object_id },
        {
          $setOnInsert: {
            token_hash: hashOf(upload_token),
            project,
            dataset,
            filename,
            kind,
            state: 'PENDING',
            place,
            received: 0,
            size: null,
            expires_at: inMs(INCOMPLETE_MS),
          },
          // By the clock that tells when datasets were deleted.
          $currentDate: { created_at: true },
        },
        { upsert: true },
      );
      return { object_id, upload_token };
    },

    async byUploadToken(upload_token) {
      const doc = await find(upload_token);
      return doc && toRecord(doc);
    },

    async get(object_id) {
      const doc = await c.objects.findOne({ _id: object_id, state: { $ne: 'REMOVING' } });
      return doc && toRecord(doc);
    },

    async begin(upload_token, total) {
      const doc = await usable(upload_token);
      if (total === null || doc.size === total) return toRecord(doc);
      if (total > maxBytes) throw tooLarge(total, maxBytes);
      // What has begun keeps its total.
      const after = await c.objects.findOneAndUpdate(
        { _id: doc._id, state: 'PENDING', received: 0 },
        { $set: { size: total } },
        { returnDocument: 'after' },
      );
      if (!after) throw wrongTotal(doc, total);
      return toRecord(after);
    },

    async append(upload_token, { first, last, total }, body) {
      const doc = await usable(upload_token);
      const stored = (at: ObjectDoc) => ({
        received: last + 1,
        complete: at.state === 'COMPLETE' && last + 1 === at.size,
      });
      if (doc.size !== null && doc.size !== total) throw await refusing(doc, wrongTotal(doc, total));
      if (total > maxBytes) throw await refusing(doc, tooLarge(total, maxBytes));
      if (last < doc.received) return stored(doc);
      if (first !== doc.received) throw outOfOrder(doc, first);
      const complete = last + 1 === total;
      const limits = { expected: last - first + 1, maxBytes };
      const taken = attempts.take(doc, body, limits, ({ content_type }) => ({
        size: total,
        ...(first === 0 && content_type !== undefined && { content_type }),
        ...(complete && { state: 'COMPLETE' }),
        expires_at: inMs(complete ? UNUSED_MS : INCOMPLETE_MS),
      }));
      const won = await taken.catch(async (error: unknown) => {
        throw error instanceof ObjectError ? await refusing(doc, error) : error;
      });
      if (won) return { received: last + 1, complete };
      const now = await usable(upload_token);
      if (now.size !== null && now.size !== total) throw await refusing(now, wrongTotal(now, total));
      if (last < now.received) return stored(now);
      throw outOfOrder(now, first);
    },

    async putWhole(upload_token, body, length) {
      const doc = await usable(upload_token);
      if (length !== undefined && length > maxBytes) throw tooLarge(length, maxBytes);
      if (doc.state === 'COMPLETE') return sameAgain(doc, await digestOf(body));
      if (doc.received > 0) throw outOfOrder(doc, 0);
      let digest = '';
      const won = await attempts.take(doc, body, { expected: length, maxBytes }, (written) => {
        digest = written.digest;
        const { content_type, bytes } = written;
        return {
          size: bytes,
          state: 'COMPLETE',
          expires_at: inMs(UNUSED_MS),
          ...(content_type !== undefined && { content_type }),
        };
      });
      const now = await usable(upload_token);
      if (won) return toRecord(now);
      if (now.state === 'COMPLETE') return sameAgain(now, digest);
      throw outOfOrder(now, 0);
    },

    async resumeAt(upload_token) {
      const doc = await usable(upload_token);
      if (doc.state === 'PENDING') return doc.received;
      const [lastPart] = await c.object_parts
        .find({ object: doc._id, digest: { $exists: true } })
        .sort({ first: -1 })
        .limit(1)
        .toArray();
      return lastPart?.first ?? 0;
    },

    async *read(object_id, { start = 0, end = Number.MAX_SAFE_INTEGER } = {}) {
      const doc = await c.objects.findOne({ _id: object_id, state: { $ne: 'REMOVING' } });
      if (!doc) throw new ObjectError('object_not_found', `There is no object ${object_id}`);
      if (doc.state !== 'COMPLETE')
        throw new ObjectError('object_incomplete', `The object ${object_id} is not complete`);
      yield* readObject(database, places, doc, start, Math.min(end, doc.received - 1));
    },

    ...objectClaims(database, () => inMs(UNUSED_MS)),
    ...objectRemoval(database, places, attempts),
  };

  async function find(upload_token: string): Promise<ObjectDoc | null> {
    const doc = await c.objects.findOne({ token_hash: hashOf(upload_token), state: { $ne: 'REMOVING' } });
    const over = doc?.state === 'PENDING' && doc.expires_at !== undefined && doc.expires_at <= clock();
    return over ? null : doc;
  }

  async function usable(upload_token: string): Promise<ObjectDoc> {
    const doc = await find(upload_token);
    if (!doc) throw new ObjectError('unknown_upload', 'This upload URL is unknown or has expired; ask for a new one');
    if (doc.refused !== undefined) throw new ObjectError('refused', doc.refused);
    return doc;
  }

  /** The upload takes nothing more, unless it is complete. */
  async function refusing({ _id }: ObjectDoc, error: ObjectError): Promise<ObjectError> {
    await c.objects.updateOne({ _id, state: 'PENDING' }, { $set: { refused: error.message } });
    return error;
  }

  async function sameAgain(doc: ObjectDoc, digest: string): Promise<ObjectRecord> {
    const first = await c.object_parts.findOne({ object: doc._id, first: 0, digest: { $exists: true } });
    if (first?.digest === digest && first.bytes === doc.size) return toRecord(doc);
    throw new ObjectError('already_complete', 'Other bytes were uploaded to this URL before; ask for a new one');
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(upload_token: string): string {
  return createHash('sha256').update(upload_token).digest('hex');
}

async function digestOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of body) hash.update(part);
  return hash.digest('hex');
}

function outOfOrder(doc: ObjectDoc, first: number): ObjectError {
  return new ObjectError(
    'out_of_order',
    first === doc.received
      ? 'The bytes came so slowly that they were given up; send them again'
      : `The upload has ${doc.received} bytes, so the next chunk must begin at byte ${doc.received}, not at ${first}`,
  );
}

function wrongTotal(doc: ObjectDoc, total: number): ObjectError {
  return new ObjectError(
    'wrong_total',
    `The upload was begun with a total of ${doc.size} bytes, this request says ${total}; ask for a new upload URL`,
  );
}
