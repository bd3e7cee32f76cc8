import { ApiProblem } from '../problem';
import type { V1Query } from './route';

/**
 * A yes or no as Python writes it (`True`, `False`), or in lower case; absent is no.
 * @throws ApiProblem invalid_request
 */
export function queryFlag(query: V1Query, name: string): boolean {
  const text = queryText(query, name);
  if (text === undefined || text === 'False' || text === 'false') return false;
  if (text === 'True' || text === 'true') return true;
  throw new ApiProblem('invalid_request', `Expected True or False as query.${name}`);
}

/**
 * A parameter that is given once, or not at all.
 * @throws ApiProblem invalid_request when it is repeated
 */
export function queryText(query: V1Query, name: string): string | undefined {
  const value = query[name];
  if (!Array.isArray(value)) return value;
  throw new ApiProblem('invalid_request', `Expected query.${name} once, got it ${value.length} times`);
}
