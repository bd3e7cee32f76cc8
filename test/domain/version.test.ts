import { parseVersionSelector } from '../../domain/version';

const noon = Date.UTC(2026, 0, 31, 12);

describe('a version parameter', () => {
  it.each([
    ['0', { kind: 'number', version: 0 }],
    ['17', { kind: 'number', version: 17 }],
    ['latest', { kind: 'latest' }],
    ['v1.0-rc_2', { kind: 'tag', name: 'v1.0-rc_2' }],
    ['LATEST', { kind: 'tag', name: 'LATEST' }],
    ['2026-01-31T12:00:00Z', { kind: 'time', at: noon }],
    ['2026-01-31T12:00Z', { kind: 'time', at: noon }],
    ['2026-01-31t12:00:00.2579z', { kind: 'time', at: noon + 257 }],
    ['2026-01-31T14:00:00+02:00', { kind: 'time', at: noon }],
    ['2026-01-31T02:30:00-0930', { kind: 'time', at: noon }],
    ['2026-01-31T13:00:00+01', { kind: 'time', at: noon }],
    ['0050-01-31T00:00:00Z', { kind: 'time', at: Date.parse('0050-01-31T00:00:00Z') }],
    ['2024-02-29T00:00:00Z', { kind: 'time', at: Date.UTC(2024, 1, 29) }],
  ])('reads %s', (text, selector) => expect(parseVersionSelector(text)).toEqual(selector));

  it.each([
    ['', /Expected a version number, a tag, latest or a time/],
    ['-1', /Expected a version number/],
    ['01', /Expected a version number/],
    ['1.5', /Expected a version number/],
    ['99999999999999999', /Expected a version number/],
    ['a b', /Expected a version number/],
    [`a${'b'.repeat(128)}`, /Expected a version number/],
    ['2026-01-31', /time with a zone/],
    ['2026-01-31T12:00:00', /time with a zone/],
    ['2026-01-31T12:00:00 02:00', /plus is sent as %2B/],
    ['2026-02-30T12:00:00Z', /time that exists/],
    ['2026-13-01T12:00:00Z', /time that exists/],
    ['2026-01-31T24:00:00Z', /time that exists/],
    ['2026-01-31T12:60:00Z', /time that exists/],
    ['2026-01-31T12:00:61Z', /time that exists/],
    ['2026-01-31T12:00:00+24:00', /time that exists/],
    ['2026-01-31T12:00:00Z\n', /time with a zone/],
  ])('refuses %j', (text, message) => {
    expect(parseVersionSelector(text)).toEqual({ kind: 'invalid', message: expect.stringMatching(message) as string });
  });
});
