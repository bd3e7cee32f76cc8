import fc from 'fast-check';
import { ChunkBuilder } from '../../staging/chunk-builder';
import { jsonItems } from '../../api/intake/json-items';
import { frameIdOfLine } from '../../staging/line-frame-id';
import { LineSplitter } from '../../staging/line-splitter';
import { frameIdProblem } from '../../domain/ids';
import { CHUNK_BYTES, CHUNK_ITEMS, type StagedChunk } from '../../store/staging';

type Text = { number: number; text: string | null };

function split(pieces: Buffer[], maxBytes = 1000): Text[] {
  const splitter = new LineSplitter(maxBytes);
  const found: Text[] = [];
  const keep = (lines: Iterable<{ number: number; bytes: Buffer | null }>) => {
    // Read at once: a line's bytes are valid only until the next one is asked for.
    for (const { number, bytes } of lines) found.push({ number, text: bytes && bytes.toString('latin1') });
  };
  for (const piece of pieces) keep(splitter.push(piece));
  keep(splitter.end());
  return found;
}

/** What the lines of a body are, said without regard to pieces or memory. */
function linesByHand(body: Buffer, maxBytes: number): Text[] {
  return body
    .toString('latin1')
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: index === 0 ? line.replace(/^\xef\xbb\xbf/, '') : line }))
    .map(({ number, text }) => ({ number, text: text.replace(/\r$/, '') }))
    .filter(({ text }) => !/^[ \t\r]*$/.test(text))
    .map(({ number, text }) => ({ number, text: text.length > maxBytes ? null : text }));
}

function cut(body: Buffer, places: number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (body.length + 1)).sort((a, b) => a - b), body.length];
  return at.slice(1).map((end, index) => Buffer.from(body.subarray(at[index], end)));
}

describe('splitting a body into lines', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc
      .constantFrom('\n', '\r\n', '\n\n', ' \t\r\n', '\ufeff', 'é', '🙂', 'x'.repeat(20), '{"frame_id":"a"}\n')
      .map((text) => Buffer.from(text)),
  );

  it('gives the same lines wherever the pieces end', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 20 }), (parts, places) => {
        const body = Buffer.concat(parts);
        expect(split(cut(body, places), 25)).toEqual(linesByHand(body, 25));
      }),
      { numRuns: 2000 },
    );
  });

  it('counts blank lines but does not give them', () => {
    expect(split([Buffer.from('\n a \r\n\r\n\t\nb')])).toEqual([
      { number: 2, text: ' a ' },
      { number: 5, text: 'b' },
    ]);
  });

  it('takes a line of exactly the limit, also between a byte order mark and a return', () => {
    const line = 'x'.repeat(1000);
    expect(split([Buffer.from(`\ufeff${line}\r\n`)])).toEqual([{ number: 1, text: line }]);
    expect(split([Buffer.from(`${line}y\n`)])).toEqual([{ number: 1, text: null }]);
  });

  it('does not give a blank line, however long it is', () => {
    expect(split([Buffer.alloc(5000, ' '), Buffer.from('\nb')])).toEqual([{ number: 2, text: 'b' }]);
  });

  it('holds no more than the limit of a line without end', () => {
    const splitter = new LineSplitter(1000);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 200; i++) expect([...splitter.push(Buffer.alloc(1_000_000, 'x'))]).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(250_000_000);
    expect([...splitter.push(Buffer.from('\n'))]).toEqual([{ number: 1, bytes: null }]);
  });
});

describe('finding the frame id of a line', () => {
  const id = (line: string | Buffer) => frameIdOfLine(Buffer.from(line));

  it.each([
    ['{"op":"put","frame_id":"a1","frame":{}}', 'a1'],
    ['  { "op" : "delete" , "frame_id" : "a 1" }', 'a 1'],
    ['{"frame_id":"ünïcode-🙂"}', 'ünïcode-🙂'],
    ['{"if_version":3,"keep_embeddings":true,"if_missing":"skip","op":"patch","frame_id":"x"}', 'x'],
    ['{"frame":{"frame_id":"inner","labels":[]},"frame_id":"outer"}', 'outer'],
    ['{"frame_id":"a\\u00e9\\"b"}', 'aé"b'],
    ['{"frame":"\\"frame_id\\":\\"trap\\"","frame_id":"real"}', 'real'],
    ['{"frame":{"labels":[{"x":NaN,"y":-Infinity,"z":"NaN \\" Infinity"}]},"frame_id":"python"}', 'python'],
    ['{"frame":NaN NaN,"frame_id":"a"}', null],
    ['{"frame_id":"a/b"}', null],
    ['{"frame_id":""}', null],
    ['{"frame_id":".."}', null],
    ['{"frame_id":"\\ud800"}', null],
    [`{"frame_id":"${'x'.repeat(512)}"}`, 'x'.repeat(512)],
    [`{"frame_id":"${'x'.repeat(513)}"}`, null],
    ['{"frame_id":7}', null],
    ['{"frame_id":null}', null],
    ['{"op":"put"}', null],
    ['["frame_id","a"]', null],
    ['not json', null],
    ['{"frame_id":"a\tb"}', null],
  ])('reads line %#', (line, expected) => {
    expect(id(line)).toBe(expected);
  });

  it('gives none for bytes that are not UTF-8', () => {
    expect(id(Buffer.concat([Buffer.from('{"frame_id":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]))).toBeNull();
    expect(
      id(Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xff]), Buffer.from('","frame_id":"a"}')])),
    ).toBeNull();
  });

  it('agrees with a full parse on every item', () => {
    const item = fc.record(
      {
        op: fc.constantFrom('put', 'patch', 'delete'),
        if_version: fc.nat(),
        frame: fc.jsonValue(),
        frame_id: fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => frameIdProblem(text) === null),
      },
      { requiredKeys: ['frame_id'] },
    );
    fc.assert(
      fc.property(
        item,
        fc.shuffledSubarray(['op', 'if_version', 'frame', 'frame_id'], { minLength: 4 }),
        (value, order) => {
          const keys = order.filter((key) => key in value) as (keyof typeof value)[];
          const shuffled = Object.fromEntries(keys.map((key) => [key, value[key]]));
          expect(id(JSON.stringify(shuffled))).toBe(value.frame_id);
          expect(id(JSON.stringify(shuffled, null, ' ').replaceAll('\n', ''))).toBe(value.frame_id);
        },
      ),
    );
  });
});

describe('cutting lines into chunks', () => {
  function chunksOf(lines: (string | null)[]): StagedChunk[] {
    const builder = new ChunkBuilder(100);
    const chunks = lines.map((text, index) =>
      builder.add({ number: index + 1, bytes: text === null ? null : Buffer.from(text) }),
    );
    return [...chunks, builder.end()].filter((chunk) => chunk !== undefined);
  }
  const item = (id: string, filling = '') => JSON.stringify({ op: 'put', frame_id: id, frame: filling });

  it('keeps every line once, in order, and no frame twice in a chunk', () => {
    const line = fc.oneof(
      fc.constantFrom('a', 'b', 'c', 'd').map((id) => item(id)),
      fc.constant(null),
      fc.constant('broken'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const chunks = chunksOf(lines);
        const texts = chunks.flatMap(({ body }) => Buffer.from(body).toString().split('\n'));
        expect(texts).toEqual(lines.map((text) => text ?? ''));
        expect(chunks.flatMap((chunk) => chunk.lines)).toEqual(lines.map((_, index) => index + 1));
        expect(chunks.flatMap((chunk) => chunk.broken.map(({ at }) => chunk.offset + at))).toEqual(
          lines.flatMap((text, index) => (text === null ? [index] : [])),
        );
        let offset = 0;
        for (const [index, chunk] of chunks.entries()) {
          const named = chunk.frame_ids.filter((id) => id !== null);
          expect(new Set(named).size).toBe(named.length);
          expect([chunk.index, chunk.offset]).toEqual([index, offset]);
          expect(chunk.lines).toHaveLength(chunk.frame_ids.length);
          offset += chunk.frame_ids.length;
        }
      }),
    );
  });

  it('starts a new chunk at the limit of items, at the limit of bytes, and where a frame comes again', () => {
    const many = chunksOf(Array.from({ length: 2 * CHUNK_ITEMS + 1 }, (_, index) => item(`f${index}`)));
    expect(many.map((chunk) => chunk.lines.length)).toEqual([CHUNK_ITEMS, CHUNK_ITEMS, 1]);
    const large = chunksOf(['a', 'b', 'c', 'd', 'e'].map((id) => item(id, 'x'.repeat(CHUNK_BYTES / 2 - 100))));
    expect(large.map((chunk) => chunk.lines.length)).toEqual([2, 2, 1]);
    expect(large.every((chunk) => chunk.body.length <= CHUNK_BYTES)).toBe(true);
    const huge = chunksOf([item('a'), item('b', 'x'.repeat(2 * CHUNK_BYTES)), item('c')]);
    expect(huge.map((chunk) => chunk.lines.length)).toEqual([1, 1, 1]);
    expect(chunksOf(['a', 'b', 'a', 'a', 'b'].map((id) => item(id))).map((chunk) => chunk.frame_ids)).toEqual([
      ['a', 'b'],
      ['a'],
      ['a', 'b'],
    ]);
  });
});

describe('reading items from a JSON body', () => {
  const items = (text: string, maxBytes = 1000) =>
    [...jsonItems(Buffer.from(text), maxBytes)].map(({ number, bytes }) => ({
      number,
      text: bytes && bytes.toString().trim(),
    }));

  it('gives one object as one line, also when it is written over several', () => {
    expect(items('\n{\r\n "frame_id": "a" }\n')).toEqual([{ number: 1, text: '{   "frame_id": "a" }' }]);
  });

  it('gives the elements of an array as they were written, long integers and repeated keys included', () => {
    const elements = ['{"n":9007199254740993}', '{"a":1,"a":2}', '"],[{\\"\\\\"', '[[1,2],{"x":[]}]', '1.50', 'null'];
    expect(items(`\ufeff [ ${elements.join(' ,\n')} ] `)).toEqual(
      elements.map((text, index) => ({ number: index + 1, text })),
    );
    expect(items(' [ ] ')).toEqual([]);
  });

  it('cuts any array the way a parser does', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'), (values, indent) => {
        const found = items(JSON.stringify(values, null, indent), 1_000_000);
        expect(found.map(({ text }) => JSON.parse(text ?? '') as unknown)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it('gives an element over the limit as too long, and the others', () => {
    expect(items(`[{"a":1},"${'x'.repeat(1000)}",2]`).map(({ text }) => text)).toEqual(['{"a":1}', null, '2']);
  });

  it.each([
    ['[{"a":1},]', /position 9/],
    ['{"a":1', /position 6/],
    ['', /JSON/],
    ['['.repeat(100_000), /JSON/],
  ])('says where text %# stops being JSON', (text, place) => {
    expect(() => items(text)).toThrow(
      expect.objectContaining({ code: 'malformed_body', message: expect.stringMatching(place) as string }),
    );
  });

  it('refuses bytes that are not UTF-8, and values that are no items', () => {
    expect(() => [...jsonItems(Buffer.from([0x22, 0xff, 0x22]), 10)]).toThrow(
      expect.objectContaining({ code: 'malformed_body' }),
    );
    expect(() => items('"text"')).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});
