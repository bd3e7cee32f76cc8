import type { z } from 'zod';
import type { Json } from '../domain/json';
import { describe } from '../domain/problem';

/** JSON's types by the names that the schemas have for them. */
const TYPES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
};

const PARTS: Record<string, string> = { string: 'characters', array: 'entries' };

/** What a part of a request should have been and what it was, where its schema has no words of its own for that. */
export function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  const wanted = wantedOf(issue);
  return wanted && `Expected ${wanted}, got ${describe(issue.input as Json | undefined)}`;
}

function wantedOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected];
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'too_small':
      return amount('at least', '>=', issue.origin, issue.minimum);
    case 'too_big':
      return amount('at most', '<=', issue.origin, issue.maximum);
    default:
      return undefined;
  }
}

function amount(bound: string, sign: string, origin: string, limit: number | bigint): string {
  const parts = PARTS[origin];
  return parts === undefined ? `a number ${sign} ${limit}` : `${bound} ${limit} ${parts}`;
}
