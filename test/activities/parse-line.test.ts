import { parseLine } from '../../activities/commit/parse-line';

const valueOf = (line: string): unknown => {
  const parsed = parseLine(line);
  return parsed.ok ? parsed.value : parsed.failure.code;
};

describe('a line', () => {
  it.each<[string, unknown]>([
    ['{"n":9007199254740993}', { n: 9007199254740993n }],
    ['{"n":-9223372036854775808}', { n: -9223372036854775808n }],
    ['[1234567890123456]', [1234567890123456n]],
    ['{"n":123456789012345}', { n: 123456789012345 }],
    ['{"x":0.12345678901234567}', { x: Number('0.12345678901234567') }],
    ['{"x":12.3456789012345678,"n":9007199254740993}', { x: Number('12.3456789012345678'), n: 9007199254740993n }],
    ['{"x":1.5e300}', { x: 1.5e300 }],
    ['{"id":"12345678901234567890"}', { id: '12345678901234567890' }],
    ['{"x":NaN,"t":"\\u0000text"}', { x: NaN, t: '\u0000text' }],
    ['{"x":NaN,"y":[-Infinity],"t":"NaN"}', { x: NaN, y: [-Infinity], t: 'NaN' }],
  ])('%s keeps its numbers', (line, value) => {
    expect(valueOf(line)).toEqual(value);
  });

  it.each(['{"n":}', '', '{"a":1}{"b":2}', '{"x":nan}', '{"x":01234567890123456}'])('%j is no JSON', (line) => {
    expect(valueOf(line)).toBe('invalid_json');
  });
});
