import { hash } from 'node:crypto';
import { isAscii, isUtf8 } from 'node:buffer';
import type { Item, ItemFailure, ItemOp } from '../../domain/item';
import { readItem, type ItemContext } from '../../domain/read-item';
import type { ChunkHeader, CurrentHead } from '../../store/commit-store';
import { tooManyValues } from './document-size';
import { parseLine } from './parse-line';

/** One item of a chunk: readable, or FAILED before anything stored is looked at. */
export interface ReadLine {
  at: number;
  /** The line as it was submitted, not copied; empty in a restore. */
  bytes: Uint8Array;
  frame_id: string | null;
  item?: Item;
  failure?: ItemFailure;
  /** What an item that cannot be read wants, as far as it can be told. */
  op?: ItemOp | null;
  /** Digest of the line. */
  digest?: string;
  /** The very put that wrote the current revision, again; it was not read a second time. */
  repeated?: true;
}

export const sha256 = (data: string | Uint8Array): string => hash('sha256', data, 'hex');

/**
 * Digest of a put as it was submitted, kept on the revision that it wrote. The same line against that revision changes
 * nothing: classes are only ever appended and types never released, so it is as good now as it was then. A file that is
 * uploaded again is mostly such lines, and they need not be parsed.
 */
const lineDigest = (line: Uint8Array): string => hash('sha256', line, 'base64').slice(0, DIGEST_LENGTH);
/** 132 bits. */
const DIGEST_LENGTH = 22;

/**
 * Reads a chunk's lines into items, `run` of them at a time, all but those that repeat what wrote the current revision.
 * Whoever decides one run before the next is read holds only so many items in memory, and the collector finds them
 * dead while they are young.
 */
export function* readChunk(
  chunk: ChunkHeader,
  body: Uint8Array,
  classes: ReadonlySet<string>,
  heads: ReadonlyMap<string, CurrentHead>,
  run: number,
): Generator<ReadLine[], void> {
  const broken = new Map(chunk.broken.map(({ at, failure }) => [at, failure]));
  const context: ItemContext = { classes, digest: sha256 };
  const text = decoder(body);
  let lines: ReadLine[] = [];
  let at = 0;
  for (const bytes of splitLines(body)) {
    lines.push(read(at++, bytes));
    if (lines.length < run) continue;
    yield lines;
    lines = [];
  }
  if (lines.length > 0) yield lines;

  function read(at: number, bytes: Buffer): ReadLine {
    const frame_id = chunk.frame_ids[at] ?? null;
    const failure = broken.get(at) ?? tooManyValues(bytes);
    if (failure) return { at, bytes, frame_id, failure };
    const digest = lineDigest(bytes);
    const head = frame_id === null ? undefined : heads.get(frame_id);
    if (head !== undefined && head.line_digest === digest && !head.deleted)
      return { at, bytes, frame_id, repeated: true };
    const line = text(bytes);
    if (line === null) return { at, bytes, frame_id, failure: NOT_UTF8 };
    const { frame_id: named, item, failure: unreadable, op } = readLine(line, frame_id, context);
    return { at, bytes, digest, frame_id: named, item, failure: unreadable, op };
  }
}

function readLine(line: string, staged: string | null, context: ItemContext): Omit<ReadLine, 'at' | 'bytes'> {
  const parsed = parseLine(line);
  // An id found in a line that is no JSON is a guess.
  if (!parsed.ok) return { frame_id: null, failure: parsed.failure };
  const read = readItem(parsed.value, context);
  if (!read.ok) return { frame_id: staged ?? read.frame_id, failure: read.failure, op: read.op };
  if (read.item.frame_id === staged) return { frame_id: staged, item: read.item };
  // Chunks are cut by the ids found when they were staged; a line that names two must not commit under the other.
  const message = `The item names its frame twice, as ${JSON.stringify(staged)} and ${JSON.stringify(read.item.frame_id)}; name it once`;
  return { frame_id: staged, failure: { code: 'invalid_item', message, path: 'frame_id' } };
}

const NEWLINE = 0x0a;
const NOT_UTF8: ItemFailure = { code: 'invalid_json', message: 'Expected UTF-8 text, got bytes that are not UTF-8' };

/** Answers a line's text, or null where it is not UTF-8; most often one look at the whole body tells of every line. */
function decoder(body: Uint8Array): (line: Buffer) => string | null {
  if (isAscii(body)) return (line) => line.toString('latin1');
  if (isUtf8(body)) return (line) => line.toString('utf8');
  return (line) => (isUtf8(line) ? line.toString('utf8') : null);
}

function* splitLines(body: Uint8Array): Generator<Buffer, void> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  for (let start = 0; start <= bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}
