import { z } from 'zod';
import type { Role } from '../../store/records';
import type { ApiErrorCode } from '../problems';

/** The root of the native API. */
export const API_ROOT = '/api/v2';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One successful answer: JSON of a schema, or a stream of another type. */
export interface Answer {
  description: string;
  schema?: z.ZodType;
  /** In place of `application/json`; without a schema the body is text of these types. */
  types?: string[];
}

/** What a caller may send to one method of one path, and what comes back. */
export interface Endpoint<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
> {
  method: Method;
  /** From the server's root, parameters as `{p}`. */
  path: string;
  summary: string;
  tag: string;
  /** The least role that may call it; `none` needs no key. */
  role: Role | 'none';
  params: P;
  query: Q;
  /** Absent: a body is not read. */
  body?: B;
  /** True when the request may come without a body. */
  bodyOptional?: boolean;
  /** A body that is read as a stream, by type; its lines are checked one by one. */
  stream?: Record<string, z.ZodType>;
  /** Request headers that have a meaning here. */
  headers?: z.ZodObject;
  answers: Record<number, Answer>;
  /** Codes beyond those that follow from the role, the path and the body. */
  problems: ApiErrorCode[];
}

export const NoParams = z.strictObject({});
export const NoQuery = z.strictObject({});

type Given<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = Omit<
  Endpoint<P, Q, B>,
  'params' | 'query' | 'problems'
> & { params?: P; query?: Q; problems?: ApiErrorCode[] };

/** Completes an endpoint's description; its types follow from its schemas. */
export function endpoint<
  P extends z.ZodType = typeof NoParams,
  Q extends z.ZodType = typeof NoQuery,
  B extends z.ZodType = z.ZodType,
>(given: Given<P, Q, B>): Endpoint<P, Q, B> {
  return {
    ...given,
    params: given.params ?? (NoParams as unknown as P),
    query: given.query ?? (NoQuery as unknown as Q),
    problems: [...new Set([...impliedProblems(given), ...(given.problems ?? [])])],
  };
}

function impliedProblems(given: Given<z.ZodType, z.ZodType, z.ZodType>): ApiErrorCode[] {
  const codes: ApiErrorCode[] = ['invalid_request', 'malformed_path', 'internal'];
  if (given.role !== 'none') codes.push('unauthorized', 'store_unavailable');
  if (given.role === 'writer' || given.role === 'admin') codes.push('forbidden_role');
  if (given.path.includes('{p}')) codes.push('forbidden_project', 'project_not_found');
  if (given.path.includes('{d}')) codes.push('dataset_not_found');
  if (given.path.includes('{u}')) codes.push('upload_not_found');
  if (given.path.includes('{f}')) codes.push('invalid_id');
  if (given.body !== undefined || given.stream !== undefined) {
    codes.push('malformed_body', 'body_timeout', 'unsupported_media_type', 'unsupported_encoding');
  }
  if (given.body !== undefined) codes.push('body_too_large');
  if (given.headers !== undefined && 'idempotency-key' in given.headers.shape) codes.push('idempotency_key_reused');
  return codes;
}
