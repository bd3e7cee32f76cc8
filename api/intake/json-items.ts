import { isUtf8 } from 'node:buffer';
import { parse } from 'lossless-json';
import { ApiProblem } from '../problem';
import type { Line } from '../../staging/line-splitter';
import { withoutByteOrderMark } from '../../staging/line-splitter';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const SPACE = 0x20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * The text of a JSON body.
 * @throws ApiProblem malformed_body, with the place where it stops being JSON
 */
export function jsonText(body: Buffer): { text: string; value: unknown } {
  const bytes = withoutByteOrderMark(body);
  if (!isUtf8(bytes))
    throw new ApiProblem('malformed_body', 'The body is not UTF-8; encode it as UTF-8 and send it again');
  const text = bytes.toString('utf8');
  try {
    return { text, value: JSON.parse(text) as unknown };
  } catch (error) {
    throw new ApiProblem('malformed_body', `The body is not JSON: ${whereItBreaks(text, error)}`);
  }
}

/**
 * The items of a JSON body, an object or an array of them, each as a line numbered by its position from 1. The lines
 * are the body's own text, so that long integers and repeated keys reach the worker as they were sent.
 * @throws ApiProblem malformed_body, invalid_request
 */
export function* jsonItems(body: Buffer, maxBytes: number): Generator<Line, void> {
  jsonText(body);
  const bytes = onOneLine(withoutByteOrderMark(body));
  const start = bytes.findIndex((byte) => byte !== SPACE && byte !== 0x09);
  if (bytes[start] === OPEN_BRACE) {
    yield toLine(1, bytes, maxBytes);
  } else if (bytes[start] === OPEN_BRACKET) {
    let number = 0;
    for (const element of elements(bytes, start + 1)) yield toLine(++number, element, maxBytes);
  } else {
    throw new ApiProblem('invalid_request', 'Expected the body to be an item or an array of items');
  }
}

/** The elements of an array in text that is known to be JSON, from behind its bracket. */
function* elements(bytes: Buffer, from: number): Generator<Buffer, void> {
  let start = from;
  let depth = 0;
  let blank = true;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfText(bytes, at);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++;
    } else if (depth > 0) {
      if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    } else if (byte === COMMA || byte === CLOSE_BRACKET) {
      if (!blank) yield bytes.subarray(start, at);
      if (byte === CLOSE_BRACKET) return;
      start = at + 1;
    }
    blank &&= byte === SPACE || byte === 0x09;
  }
}

function endOfText(bytes: Buffer, quote: number): number {
  let at = quote + 1;
  while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Line breaks in JSON stand only between tokens, where a space means the same. */
function onOneLine(bytes: Buffer): Buffer {
  for (const lineBreak of [NEWLINE, RETURN]) {
    for (let at = bytes.indexOf(lineBreak); at !== -1; at = bytes.indexOf(lineBreak, at)) bytes[at] = SPACE;
  }
  return bytes;
}

function toLine(number: number, bytes: Buffer, maxBytes: number): Line {
  return { number, bytes: bytes.length > maxBytes ? null : bytes };
}

/** V8 leaves the position out of some of its messages; the lossless parser always has it, but cannot nest as deep. */
function whereItBreaks(text: string, error: unknown): string {
  try {
    parse(text);
  } catch (located) {
    if (located instanceof SyntaxError) return located.message;
  }
  return error instanceof Error ? error.message : String(error);
}
