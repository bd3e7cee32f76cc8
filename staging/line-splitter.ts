import type { ItemFailure } from '../domain/item';
import { ByteBuffer } from './byte-buffer';

/** A line of items without its end; `bytes` is null when it is too long to be kept, or is no item for another reason. */
export interface Line {
  /** From 1, blank lines included. */
  number: number;
  /** Valid until the next line is asked for. */
  bytes: Buffer | null;
  /** Why a line without bytes is no item; by default it is too long. */
  failure?: ItemFailure;
  /** The frame that it names, where that is known already; null when it names none. */
  frame_id?: string | null;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** What may surround a line of the longest length: a byte order mark before it, a return after it. */
const SURROUNDING_BYTES = 4;

/**
 * Splits a body that arrives in pieces into its non-blank lines. Works on bytes, so that a piece may end inside a
 * character. Holds at most one line of `maxBytes`.
 */
export class LineSplitter {
  private number = 0;
  private readonly held = new ByteBuffer();
  /** Set while inside a line that is too long: whether it was blank so far. */
  private overlong: { blank: boolean } | undefined;

  constructor(private readonly maxBytes: number) {}

  /** The lines that end in this piece. */
  *push(piece: Buffer): Generator<Line, void> {
    let from = 0;
    for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, from)) {
      const line = this.finish(piece.subarray(from, at));
      from = at + 1;
      if (line !== undefined) yield line;
    }
    if (from < piece.length) this.hold(piece.subarray(from));
  }

  /** The last line, when no newline ends it. */
  *end(): Generator<Line, void> {
    if (this.held.length === 0 && this.overlong === undefined) return;
    const line = this.finish(Buffer.alloc(0));
    if (line !== undefined) yield line;
  }

  private hold(part: Buffer): void {
    if (this.overlong === undefined && this.held.length + part.length <= this.maxBytes + SURROUNDING_BYTES) {
      this.held.append(part);
      return;
    }
    this.overlong ??= { blank: isBlank(this.held.view()) };
    this.overlong.blank &&= isBlank(part);
    this.held.clear();
  }

  private finish(rest: Buffer): Line | undefined {
    this.number += 1;
    const bytes = this.complete(rest);
    if (this.overlong !== undefined) {
      const { blank } = this.overlong;
      this.overlong = undefined;
      return blank ? undefined : { number: this.number, bytes: null };
    }
    this.held.clear();
    if (isBlank(bytes)) return undefined;
    return { number: this.number, bytes: bytes.length > this.maxBytes ? null : bytes };
  }

  private complete(rest: Buffer): Buffer {
    let bytes = rest;
    if (this.held.length > 0 || this.overlong !== undefined) {
      this.hold(rest);
      bytes = this.held.view();
    }
    if (bytes.at(-1) === RETURN) bytes = bytes.subarray(0, -1);
    return this.number === 1 ? withoutByteOrderMark(bytes) : bytes;
  }
}

/** Whether there is nothing but JSON's white space. */
function isBlank(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte !== SPACE && byte !== TAB && byte !== RETURN) return false;
  }
  return true;
}

/** The bytes without a leading UTF-8 byte order mark, which some editors put in front of a file. */
export function withoutByteOrderMark(bytes: Buffer): Buffer {
  return bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf ? bytes.subarray(3) : bytes;
}
