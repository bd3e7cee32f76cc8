import type { ItemFailure } from '../../domain/item';
import type { JsonObject } from '../../domain/json';
import { describe, quote } from '../../domain/problem';
import type { BadRow, GoodRow, Row } from './rows';

/** A frame row with the label row of the same frame, or a row that cannot be used. */
export type JoinedRow =
  | { line: number; row: JsonObject; crops?: JsonObject }
  | { line: number; failure: ItemFailure; frame_id: string | null };

/** Bytes of lines that may wait for their other half, over both files. */
const HELD_BYTES = 32 * 1024 * 1024;

/** The rows of a file that has the labels in its frame rows. */
export async function* unjoinedRows(rows: AsyncIterable<Row>): AsyncGenerator<JoinedRow, void> {
  for await (const row of rows) {
    if ('failure' in row) yield { line: row.line, failure: row.failure, frame_id: null };
    else yield { line: row.line, row: row.value };
  }
}

/**
 * Joins frame rows and label rows by `task_id` (protocol 5.1). The client writes both files in the same order, so each
 * pair is normally read at once; what comes out of order waits in a bounded buffer. A row whose other half does not
 * come becomes a failure that says so.
 */
export async function* joinRows(
  frames: AsyncIterable<Row>,
  crops: AsyncIterable<Row>,
  heldBytes = HELD_BYTES,
): AsyncGenerator<JoinedRow, void> {
  const join = new Join(heldBytes);
  for await (const [frame, crop] of inStep(frames, crops)) {
    if (frame !== undefined) yield* join.add('frame', frame);
    if (crop !== undefined) yield* join.add('label', crop);
  }
  yield* join.end();
}

type Kind = 'frame' | 'label';

class Join {
  private readonly held: Record<Kind, HeldRows> = { frame: new HeldRows(), label: new HeldRows() };

  constructor(private readonly heldBytes: number) {}

  *add(kind: Kind, row: Row): Generator<JoinedRow, void> {
    const frame_id = 'value' in row ? row.value.task_id : undefined;
    if ('failure' in row) yield broken(kind, row);
    else if (typeof frame_id !== 'string') yield withoutId(kind, row);
    else yield* this.match(kind, frame_id, row);
  }

  /** Whatever has not found its other half. */
  *end(): Generator<JoinedRow, void> {
    for (const kind of ['frame', 'label'] as const) yield* this.giveUp(kind, '');
  }

  private *match(kind: Kind, frame_id: string, row: GoodRow): Generator<JoinedRow, void> {
    const other = this.held[kind === 'frame' ? 'label' : 'frame'].take(frame_id);
    if (other !== undefined) {
      const [frame, label] = kind === 'frame' ? [row, other] : [other, row];
      yield { line: frame.line, row: frame.value, crops: label.value };
      return;
    }
    this.held[kind].add(frame_id, row);
    const { frame, label } = this.held;
    if (frame.bytes + label.bytes <= this.heldBytes) return;
    yield* this.giveUp(frame.bytes >= label.bytes ? 'frame' : 'label', ` within ${this.heldBytes} bytes of each other`);
  }

  private *giveUp(kind: Kind, where: string): Generator<JoinedRow, void> {
    for (const row of this.held[kind].drain()) yield withoutHalf(kind, row, where);
  }
}

/** Rows of one file that wait for the row of the other. */
class HeldRows {
  bytes = 0;
  /** Rows of one frame in the order they came; those before `next` are gone. */
  private byId = new Map<string, { rows: GoodRow[]; next: number }>();

  add(frame_id: string, row: GoodRow): void {
    const held = this.byId.get(frame_id);
    if (held === undefined) this.byId.set(frame_id, { rows: [row], next: 0 });
    else held.rows.push(row);
    this.bytes += row.bytes;
  }

  /** Takes out the first row of a frame. */
  take(frame_id: string): GoodRow | undefined {
    const held = this.byId.get(frame_id);
    const row = held?.rows[held.next++];
    if (held === undefined || row === undefined) return undefined;
    if (held.next === held.rows.length) this.byId.delete(frame_id);
    this.bytes -= row.bytes;
    return row;
  }

  /** Takes out all rows, in the order of their frames. */
  *drain(): Generator<GoodRow, void> {
    const drained = this.byId.values();
    this.byId = new Map();
    this.bytes = 0;
    for (const { rows, next } of drained) yield* rows.slice(next);
  }
}

function broken(kind: Kind, { line, failure }: BadRow): JoinedRow {
  const message = kind === 'frame' ? failure.message : `In the label file: ${failure.message}`;
  return { line, failure: { ...failure, message }, frame_id: null };
}

function withoutId(kind: Kind, { line, value }: GoodRow): JoinedRow {
  const given = describe(value.task_id);
  const message = `Expected the frame's id in line ${line} of the ${kind} file, got ${given}`;
  const code = value.task_id === undefined || value.task_id === null ? 'missing_field' : 'invalid_id';
  return { line, failure: { code, message, path: 'task_id' }, frame_id: null };
}

function withoutHalf(kind: Kind, { line, value }: GoodRow, where: string): JoinedRow {
  const frame_id = value.task_id as string;
  const other = kind === 'frame' ? 'label' : 'frame';
  const message =
    `Line ${line} of the ${kind} file is about frame ${quote(frame_id)}, which has no row in the ${other} file${where}; ` +
    'upload both files again';
  return { line, failure: { code: 'invalid_item', message }, frame_id };
}

/** Reads one row of each at a time; what remains of the longer file comes alone. */
async function* inStep(
  frames: AsyncIterable<Row>,
  crops: AsyncIterable<Row>,
): AsyncGenerator<[frame: Row | undefined, crop: Row | undefined], void> {
  const left = frames[Symbol.asyncIterator]();
  const right = crops[Symbol.asyncIterator]();
  try {
    for (;;) {
      const [frame, crop] = await Promise.all([left.next(), right.next()]);
      if (frame.done === true && crop.done === true) return;
      yield [frame.done === true ? undefined : frame.value, crop.done === true ? undefined : crop.value];
    }
  } finally {
    await Promise.all([left.return?.(), right.return?.()]);
  }
}
