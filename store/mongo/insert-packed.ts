import { MongoServerError, type ClientSession } from 'mongodb';
import type { PackedRevisions } from '../commit-store';
import type { Database } from './database';
import { documentSequence } from './document-sequence';

/** The server takes messages of 48 MB; what is sent beside the documents is small. */
const MESSAGE_BYTES = 40 * 1024 * 1024;

interface Piece {
  documents: number;
  bytes: Uint8Array;
}

/** Inserts revisions that are BSON already, in their order. */
export async function insertPacked(
  database: Database,
  session: ClientSession,
  given: readonly PackedRevisions[],
): Promise<void> {
  let message: Piece[] = [];
  let room = MESSAGE_BYTES;
  for (const packed of given)
    for (const piece of pieces(packed)) {
      if (piece.bytes.length > room) {
        await send(database, session, message);
        message = [];
        room = MESSAGE_BYTES;
      }
      message.push(piece);
      room -= piece.bytes.length;
    }
  if (message.length > 0) await send(database, session, message);
}

/** Runs of documents that fit into one message; most often all of them. */
function* pieces({ ends, bytes }: PackedRevisions): Generator<Piece, void> {
  let begin = 0;
  for (let first = 0, next = 0; first < ends.length; first = next) {
    let end = ends[next++] ?? 0;
    while (next < ends.length && (ends[next] ?? 0) - begin <= MESSAGE_BYTES) end = ends[next++] ?? 0;
    yield { documents: next - first, bytes: bytes.subarray(begin, end) };
    begin = end;
  }
}

async function send({ db, c }: Database, session: ClientSession, message: Piece[]): Promise<void> {
  const documents = documentSequence(
    'documents',
    message.map((piece) => piece.bytes),
  );
  const answer = (await db.command({ insert: c.frames.collectionName, documents, ordered: true }, { session })) as {
    n: number;
    writeErrors?: { code: number; errmsg: string }[];
  };
  // A plain command answers what it could not write; nothing throws.
  const [refused] = answer.writeErrors ?? [];
  if (refused) throw new MongoServerError({ ...refused, message: refused.errmsg });
  const expected = message.reduce((sum, piece) => sum + piece.documents, 0);
  if (answer.n !== expected) throw new Error(`Of ${expected} revisions ${answer.n} were written`);
}
