import { joinRows, unjoinedRows, type JoinedRow } from '../../activities/ingest/join-rows';
import { readRows, type Row } from '../../activities/ingest/rows';
import { LINE_BYTES } from '../../store/staging';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function listed<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

const rowsOf = (text: string | Uint8Array, size = 1_000_000): Promise<Row[]> =>
  listed(readRows(inPieces(typeof text === 'string' ? Buffer.from(text) : text, size)));

describe('the rows of a file', () => {
  it.each([1, 3, 1_000])('are the same in pieces of %i bytes', async (size) => {
    const rows = await rowsOf('{"a": "é"}\n\n{"b": 12345678901234567890, "c": NaN}\r\n{"d": -Infinity}', size);
    expect(rows).toEqual([
      { line: 1, bytes: 11, value: { a: 'é' } },
      { line: 3, bytes: 37, value: { b: 12345678901234567890n, c: NaN } },
      { line: 4, bytes: 16, value: { d: -Infinity } },
    ]);
  });

  it('that are broken fail alone, with their line', async () => {
    const broken = Buffer.concat([
      Buffer.from('{"a": 1}\n{"a": \n[1]\n"x"\n{"b": "'),
      Buffer.from([0xff]),
      Buffer.from('"}\n{"c": 3}\n'),
    ]);
    expect(await rowsOf(broken)).toEqual([
      { line: 1, bytes: 8, value: { a: 1 } },
      {
        line: 2,
        bytes: 6,
        failure: { code: 'invalid_json', message: expect.stringMatching(/^Line 2: Expected a line of JSON/) },
      },
      {
        line: 3,
        bytes: 3,
        failure: { code: 'invalid_item', message: 'Expected an object in line 3, got a list of 1' },
      },
      {
        line: 4,
        bytes: 3,
        failure: { code: 'invalid_item', message: 'Expected an object in line 4, got the text "x"' },
      },
      {
        line: 5,
        bytes: 10,
        failure: { code: 'invalid_json', message: 'Expected UTF-8 text in line 5, got bytes that are not UTF-8' },
      },
      { line: 6, bytes: 8, value: { c: 3 } },
    ]);
  });

  it('that are too long fail without being kept', async () => {
    async function* long(): AsyncGenerator<Uint8Array> {
      for (let sent = 0; sent <= LINE_BYTES; sent += 1_000_000) yield Buffer.alloc(1_000_000, 'x');
      yield Buffer.from('\n{"a": 1}\n');
    }
    expect(await listed(readRows(long()))).toEqual([
      {
        line: 1,
        bytes: 0,
        failure: { code: 'line_too_long', message: `Expected a line of at most ${LINE_BYTES} bytes, line 1 is longer` },
      },
      { line: 2, bytes: 8, value: { a: 1 } },
    ]);
  });
});

describe('frame rows and label rows', () => {
  const frames = (...ids: unknown[]): string =>
    ids.map((task_id, at) => `${JSON.stringify({ task_id, at })}\n`).join('');
  const labels = (...ids: unknown[]): string =>
    ids.map((task_id, at) => `${JSON.stringify({ task_id, label_at: at })}\n`).join('');
  const joined = (frameText: string, labelText: string, heldBytes?: number): Promise<JoinedRow[]> =>
    listed(
      joinRows(
        readRows(inPieces(Buffer.from(frameText), 16)),
        readRows(inPieces(Buffer.from(labelText), 16)),
        heldBytes,
      ),
    );
  const pair = (task_id: string, at: number, label_at: number): unknown => ({
    line: at + 1,
    row: { task_id, at },
    crops: { task_id, label_at },
  });

  it('in the same order are joined as they come', async () => {
    expect(await joined(frames('a', 'b', 'a'), labels('a', 'b', 'a'))).toEqual([
      pair('a', 0, 0),
      pair('b', 1, 1),
      pair('a', 2, 2),
    ]);
  });

  it('in another order are joined by id, those of one frame in their order', async () => {
    expect(await joined(frames('a', 'b', 'c', 'a'), labels('c', 'a', 'a', 'b'))).toEqual([
      pair('a', 0, 1),
      pair('c', 2, 0),
      pair('a', 3, 2),
      pair('b', 1, 3),
    ]);
  });

  it('without their other half fail at the end', async () => {
    expect(await joined(frames('a', 'b'), labels('b', 'x'))).toEqual([
      pair('b', 1, 0),
      {
        line: 1,
        frame_id: 'a',
        failure: {
          code: 'invalid_item',
          message:
            'Line 1 of the frame file is about frame "a", which has no row in the label file; upload both files again',
        },
      },
      {
        line: 2,
        frame_id: 'x',
        failure: {
          code: 'invalid_item',
          message:
            'Line 2 of the label file is about frame "x", which has no row in the frame file; upload both files again',
        },
      },
    ]);
  });

  it('too far apart fail rather than being held', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `frame-${index}`);
    const rows = await joined(frames(...ids), labels(...[...ids].reverse()), 500);
    const failed = rows.filter((row) => 'failure' in row);
    expect(failed.length + 2 * (rows.length - failed.length)).toBe(200);
    expect(failed.length).toBeGreaterThan(100);
    expect(failed[0]).toMatchObject({
      line: 1,
      failure: { message: expect.stringContaining('within 500 bytes of each other') },
    });
  });

  it('that are broken, or name no frame, fail alone', async () => {
    expect(await joined(`${frames('a')}{"at"\n{"at": 2}\n`, `${labels('a')}x\n{"task_id": 7}\n`)).toMatchObject([
      pair('a', 0, 0),
      { line: 2, frame_id: null, failure: { code: 'invalid_json', message: expect.stringMatching(/^Line 2: /) } },
      {
        line: 2,
        frame_id: null,
        failure: { code: 'invalid_json', message: expect.stringMatching(/^In the label file: Line 2: /) },
      },
      {
        line: 3,
        failure: { code: 'missing_field', message: "Expected the frame's id in line 3 of the frame file, got nothing" },
      },
      {
        line: 3,
        failure: { code: 'invalid_id', message: "Expected the frame's id in line 3 of the label file, got 7" },
      },
    ]);
  });

  it('may stand in one file', async () => {
    expect(await listed(unjoinedRows(readRows(inPieces(Buffer.from(`${frames('a')}x\n`), 16))))).toMatchObject([
      { line: 1, row: { task_id: 'a', at: 0 } },
      { line: 2, frame_id: null, failure: { code: 'invalid_json' } },
    ]);
  });

  it('close both files when their reader stops', async () => {
    let open = 2;
    async function* endless(): AsyncGenerator<Row> {
      try {
        for (let line = 1; ; line++) yield { line, bytes: 1, value: { task_id: String(line) } };
      } finally {
        open -= 1;
      }
    }
    for await (const row of joinRows(endless(), endless())) {
      expect(row.line).toBe(1);
      break;
    }
    expect(open).toBe(0);
  });
});
