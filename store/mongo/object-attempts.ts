import { createHash, randomBytes } from 'node:crypto';
import { Semaphore } from 'async-mutex';
import { mediaTypeOf } from '../media-type';
import { ObjectError } from '../object-error';
import type { PieceStore } from '../pieces';
import { placeOf, type Places } from './object-places';
import type { Database } from './database';
import type { ObjectDoc } from './documents';

/** How often an attempt says that it is alive. */
const BEAT_MS = 60_000;
/** Bytes of bodies in memory at once, over all that this process takes. */
const BYTES_IN_MEMORY = 128 * 1024 * 1024;
/** What they are counted in: the semaphore does work for every unit. */
const UNIT_BYTES = 64 * 1024;

/** What an attempt has written. */
interface Written {
  bytes: number;
  /** SHA-256 in hex. */
  digest: string;
  content_type?: string;
}

/**
 * Takes bodies: each attempt writes its pieces under a name of its own and becomes part of the object by one
 * compare-and-set on `received`, so that of twins one wins, and what an attempt that died had written counts for nothing.
 */
export class ObjectAttempts {
  private readonly memory = new Semaphore(BYTES_IN_MEMORY / UNIT_BYTES);

  constructor(
    private readonly database: Database,
    private readonly places: Places,
    private readonly clock: () => Date,
  ) {}

  /**
   * Writes a body and lets it follow the bytes that the object has; false when others were first.
   * @param settle the fields that the object gets with it; it may refuse by throwing
   */
  async take(
    object: ObjectDoc,
    body: AsyncIterable<Uint8Array>,
    limits: { expected?: number; maxBytes: number },
    settle: (written: Written) => Partial<ObjectDoc>,
  ): Promise<boolean> {
    const attempt = `${object._id}/${randomBytes(12).toString('base64url')}`;
    const pieces = placeOf(this.places, object.place);
    // One piece fills while the one before is written.
    const held = Math.min(2 * pieces.pieceBytes, limits.expected ?? Number.POSITIVE_INFINITY);
    const [, free] = await this.memory.acquire(Math.max(1, Math.ceil(held / UNIT_BYTES)));
    try {
      await this.database.c.object_parts.insertOne({
        _id: attempt,
        object: object._id,
        first: object.received,
        bytes: 0,
        piece_bytes: pieces.pieceBytes,
        place: pieces.place,
        pending: true,
        beat_at: this.clock(),
      });
      const written = await this.write(pieces, attempt, body, limits);
      const settled = settle(written);
      if (await this.commit(object, attempt, written, settled)) return true;
    } catch (error) {
      // What cannot be removed now, the sweep removes later.
      await this.drop(pieces, attempt).catch(() => undefined);
      throw error;
    } finally {
      free();
    }
    await this.drop(pieces, attempt);
    return false;
  }

  /** Removes what an attempt wrote, unless it counts meanwhile; true once nothing is left. */
  async drop(pieces: PieceStore, attempt: string): Promise<boolean> {
    const { c } = this.database;
    const { matchedCount } = await c.object_parts.updateOne(
      { _id: attempt, pending: true },
      { $set: { dropped: true } },
    );
    if (matchedCount === 0) return true;
    if (!(await pieces.removeSome(attempt))) return false;
    await c.object_parts.deleteOne({ _id: attempt });
    return true;
  }

  private async write(
    pieces: PieceStore,
    attempt: string,
    body: AsyncIterable<Uint8Array>,
    { expected, maxBytes }: { expected?: number; maxBytes: number },
  ): Promise<Written> {
    const { pieceBytes } = pieces;
    const hash = createHash('sha256');
    let bytes = 0;
    let count = 0;
    let content_type: string | undefined;
    let beaten = this.clock().getTime();
    let writing: Promise<void> | undefined;
    let piece: Buffer | undefined;
    let length = 0;
    const flush = async (whole: Buffer): Promise<void> => {
      await writing;
      if (count === 0) content_type = mediaTypeOf(whole);
      writing = pieces.put(pieceId(attempt, count++), whole);
      // It is awaited before the next piece; until then nobody would listen.
      writing.catch(() => undefined);
      [piece, length] = [undefined, 0];
    };
    try {
      for await (const part of body) {
        if (expected !== undefined && bytes + part.length > expected) throw wrongLength(bytes + part.length, expected);
        if (bytes + part.length > maxBytes) throw tooLarge(bytes + part.length, maxBytes);
        hash.update(part);
        for (let at = 0; at < part.length;) {
          // One block, as a list would cost more than its bytes when a client sends them one by one.
          piece ??= Buffer.allocUnsafe(Math.min(pieceBytes, (expected ?? Number.POSITIVE_INFINITY) - bytes));
          const share = part.subarray(at, at + piece.length - length);
          piece.set(share, length);
          length += share.length;
          bytes += share.length;
          at += share.length;
          if (length === piece.length) await flush(piece);
        }
        if (this.clock().getTime() - beaten > BEAT_MS) {
          beaten = this.clock().getTime();
          await this.beat(attempt);
        }
      }
      if (expected !== undefined && bytes < expected) throw wrongLength(bytes, expected);
      if (piece && length > 0) await flush(piece.subarray(0, length));
      await writing;
    } finally {
      // Dropping an attempt must not be overtaken by its last piece.
      await writing?.catch(() => undefined);
    }
    return { bytes, digest: hash.digest('hex'), ...(content_type !== undefined && { content_type }) };
  }

  private async beat(attempt: string): Promise<void> {
    await this.database.c.object_parts.updateOne({ _id: attempt, pending: true }, { $set: { beat_at: this.clock() } });
  }

  private commit(
    { _id, received }: ObjectDoc,
    attempt: string,
    { bytes, digest }: Written,
    settled: Partial<ObjectDoc>,
  ): Promise<boolean> {
    const { c, transaction } = this.database;
    return transaction(async (session) => {
      const { matchedCount } = await c.objects.updateOne(
        { _id, state: 'PENDING', received, refused: { $exists: false } },
        { $set: { ...settled, received: received + bytes } },
        { session },
      );
      if (matchedCount === 0) return false;
      const part = await c.object_parts.updateOne(
        { _id: attempt, pending: true, dropped: { $exists: false } },
        { $set: { bytes, digest }, $unset: { pending: '', beat_at: '' } },
        { session },
      );
      if (part.matchedCount === 1) return true;
      await session.abortTransaction();
      return false;
    });
  }
}

/** Sorts in the order of the bytes. */
export function pieceId(attempt: string, number: number): string {
  return `${attempt}/${String(number).padStart(8, '0')}`;
}

export function tooLarge(bytes: number, maxBytes: number): ObjectError {
  return new ObjectError('too_large', `An object may have at most ${maxBytes} bytes, this one has ${bytes} or more`);
}

function wrongLength(bytes: number, expected: number): ObjectError {
  const got = bytes > expected ? `more than that came` : `${bytes} came`;
  return new ObjectError('wrong_length', `The request announced ${expected} bytes of the object, but ${got}`);
}
