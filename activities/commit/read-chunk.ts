import { hash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import type { Item, ItemFailure, ItemOp } from '../../domain/item';
import { readItem, type ItemContext } from '../../domain/read-item';
import type { ChunkHeader, CurrentHead } from '../../store/commit-store';
import { tooManyValues } from './document-size';
import { parseLine } from './parse-line';

/** One item of a chunk: readable, or FAILED before anything stored is looked at. */
export interface ReadLine {
  at: number;
  line: string;
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
const lineDigest = (line: string): string => hash('sha256', line, 'base64').slice(0, DIGEST_LENGTH);
/** 132 bits. */
const DIGEST_LENGTH = 22;

/** Reads a chunk's lines into items, all but those that repeat what wrote the current revision. */
export function readChunk(
  chunk: ChunkHeader,
  body: Uint8Array,
  classes: ReadonlySet<string>,
  heads: ReadonlyMap<string, CurrentHead>,
): ReadLine[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const broken = new Map(chunk.broken.map(({ at, failure }) => [at, failure]));
  const context: ItemContext = { classes, digest: sha256 };
  return splitLines(bytes).map(({ line, legible }, at) => {
    const frame_id = chunk.frame_ids[at] ?? null;
    const failure = broken.get(at) ?? (legible ? tooManyValues(line) : NOT_UTF8);
    if (failure) return { at, line, frame_id, failure };
    const digest = lineDigest(line);
    const head = frame_id === null ? undefined : heads.get(frame_id);
    if (head !== undefined && repeats(head, digest, line)) return { at, line, frame_id, repeated: true };
    return { at, line, digest, ...readLine(line, frame_id, context) };
  });
}

/** A line with a precondition is never a repetition: the revision that it named is no longer the current one. */
function repeats(head: CurrentHead, digest: string, line: string): boolean {
  return head.line_digest === digest && !head.deleted && !line.includes('"if_version"');
}

function readLine(line: string, staged: string | null, context: ItemContext): Omit<ReadLine, 'at' | 'line'> {
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

const NOT_UTF8: ItemFailure = { code: 'invalid_json', message: 'Expected UTF-8 text, got bytes that are not UTF-8' };

function splitLines(bytes: Buffer): { line: string; legible: boolean }[] {
  if (isUtf8(bytes))
    return bytes
      .toString('utf8')
      .split('\n')
      .map((line) => ({ line, legible: true }));
  const lines: { line: string; legible: boolean }[] = [];
  let start = 0;
  while (start <= bytes.length) {
    const newline = bytes.indexOf(10, start);
    const piece = bytes.subarray(start, newline === -1 ? bytes.length : newline);
    lines.push({ line: piece.toString('utf8'), legible: isUtf8(piece) });
    start += piece.length + 1;
  }
  return lines;
}
