import { quote } from './problem';
import { tagProblem } from './ids';

/** What a `version` parameter asks for. */
export type VersionSelector =
  | { kind: 'number'; version: number }
  | { kind: 'latest' }
  | { kind: 'tag'; name: string }
  /** The newest version published at or before `at`, in milliseconds since 1970. */
  | { kind: 'time'; at: number }
  | { kind: 'invalid'; message: string };

const NUMBER = /^(0|[1-9][0-9]{0,15})$/;
const TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** Reads a `version` parameter: a number, a tag, `latest` or an ISO time with a zone. */
export function parseVersionSelector(text: string): VersionSelector {
  if (text === 'latest') return { kind: 'latest' };
  if (NUMBER.test(text)) return { kind: 'number', version: Number(text) };
  if (/^[0-9]/.test(text)) return parseTime(text);
  if (tagProblem(text) === null) return { kind: 'tag', name: text };
  return { kind: 'invalid', message: `Expected a version number, a tag, latest or a time, got ${quote(text)}` };
}

function parseTime(text: string): VersionSelector {
  const match = TIME.exec(text);
  const zone = match?.[8];
  if (!match || zone === undefined) {
    const examples = '2026-01-31T12:00:00Z or 2026-01-31T12:00:00+01:00 (in a URL the plus is sent as %2B)';
    return invalidTime(text, `Expected a version number or a time with a zone such as ${examples}`);
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as Six;
  const milliseconds = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1_000);
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second, milliseconds));
  local.setUTCFullYear(year);
  // A date that does not exist, such as 30 February or 25 o'clock, comes out as another one.
  const exists = local.getUTCMonth() === month - 1 && local.getUTCDate() === day && local.getUTCHours() === hour;
  const offset = zoneMinutes(zone);
  if (!exists || minute > 59 || second > 59 || offset === null) return invalidTime(text, 'Expected a time that exists');
  return { kind: 'time', at: local.getTime() - offset * 60_000 };
}

type Six = [number, number, number, number, number, number];

function zoneMinutes(zone: string): number | null {
  if (zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function invalidTime(text: string, expected: string): VersionSelector {
  return { kind: 'invalid', message: `${expected}, got ${quote(text)}` };
}
