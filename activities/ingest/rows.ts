import { isUtf8 } from 'node:buffer';
import type { ItemFailure } from '../../domain/item';
import type { Json, JsonObject } from '../../domain/json';
import { describe } from '../../domain/problem';
import { LineSplitter, type Line } from '../../staging/line-splitter';
import { LINE_BYTES } from '../../store/staging';
import { parseLine } from '../commit/parse-line';

/** One row of a JSON lines file, or why the line is none. */
export type Row = { line: number; bytes: number } & ({ value: JsonObject } | { failure: ItemFailure });

/** A row that could be read. */
export type GoodRow = Extract<Row, { value: JsonObject }>;
/** A row that could not, with the line it stands in. */
export type BadRow = Extract<Row, { failure: ItemFailure }>;

/**
 * The rows of a JSON lines file, blank lines left out. A broken or overlong line is a row with a failure; the file goes
 * on behind it. Holds one piece and one line.
 */
export async function* readRows(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Row, void> {
  const splitter = new LineSplitter(LINE_BYTES);
  for await (const piece of pieces) {
    const buffer = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    for (const line of splitter.push(buffer)) yield readRow(line);
  }
  for (const line of splitter.end()) yield readRow(line);
}

function readRow({ number: line, bytes }: Line): Row {
  if (bytes === null) {
    const message = `Expected a line of at most ${LINE_BYTES} bytes, line ${line} is longer`;
    return { line, bytes: 0, failure: { code: 'line_too_long', message } };
  }
  const place = { line, bytes: bytes.length };
  if (!isUtf8(bytes)) {
    const message = `Expected UTF-8 text in line ${line}, got bytes that are not UTF-8`;
    return { ...place, failure: { code: 'invalid_json', message } };
  }
  const parsed = parseLine(bytes.toString('utf8'));
  if (!parsed.ok)
    return { ...place, failure: { ...parsed.failure, message: `Line ${line}: ${parsed.failure.message}` } };
  if (isObject(parsed.value)) return { ...place, value: parsed.value };
  const message = `Expected an object in line ${line}, got ${describe(parsed.value)}`;
  return { ...place, failure: { code: 'invalid_item', message } };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
