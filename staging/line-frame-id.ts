import { isUtf8 } from 'node:buffer';
import { frameIdProblem } from '../domain/ids';
import { mayHaveTokens, replaceTokens } from './bare-tokens';

/** An id has at most 512 bytes; what stands before it in an item as people write them fits beside it. */
const PREFIX_BYTES = 700;

/** The start of an item up to the end of its frame id, when nothing but small fields stands before it and it has no escapes. */
const PREFIX =
  // eslint-disable-next-line no-control-regex -- control characters are not legal in JSON text and end the short way
  /^[ \t\r]*\{[ \t\r]*(?:"(?:op|if_missing)"[ \t\r]*:[ \t\r]*"[a-z]*"[ \t\r]*,[ \t\r]*|"(?:if_version|keep_embeddings)"[ \t\r]*:[ \t\r]*[a-z0-9]+[ \t\r]*,[ \t\r]*)*"frame_id"[ \t\r]*:[ \t\r]*"([^"\\\x00-\x1f]*)"/;

const BEYOND_ASCII = /[\x80-\xff]/;

/**
 * The frame id that an item's line names, or null where there is none that could be one. It serves to keep chunks free
 * of repeated ids and windows free of shared frames; the worker reads the whole line and checks that both agree. A
 * full parse costs 12 us a line, so most lines are read only up to their id.
 */
export function frameIdOfLine(line: Buffer): string | null {
  const short = PREFIX.exec(line.toString('latin1', 0, Math.min(line.length, PREFIX_BYTES)))?.[1];
  const id = short === undefined ? parsedId(line) : decoded(short);
  return id !== null && frameIdProblem(id) === null ? id : null;
}

function decoded(latin1: string): string | null {
  if (!BEYOND_ASCII.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : null;
}

function parsedId(line: Buffer): string | null {
  if (!isUtf8(line)) return null;
  const item = parsed(line.toString('utf8'));
  const id = typeof item === 'object' && item !== null && 'frame_id' in item ? item.frame_id : null;
  return typeof id === 'string' ? id : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return mayHaveTokens(text) ? parsedWithoutTokens(text) : null;
  }
}

/** Python writes NaN and Infinity as bare tokens, which the worker reads too. */
function parsedWithoutTokens(text: string): unknown {
  try {
    return JSON.parse(replaceTokens(text, () => '0'));
  } catch {
    return null;
  }
}
