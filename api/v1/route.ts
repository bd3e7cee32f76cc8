import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { KeyRecord, Role } from '../../store/records';

/** The root of the old client's API; the client cuts exactly these 7 characters off to build web addresses. */
export const V1_ROOT = '/api/v1';

/** Query parameters, percent-decoded once; a repeated one is a list. */
export type V1Query = Record<string, string | string[]>;

/** A request whose caller may make it, with its body checked. */
export interface V1Call<B = unknown> {
  req: Request;
  res: Response;
  /** Parts of the path, percent-decoded once. */
  params: Record<string, string>;
  query: V1Query;
  /** Undefined on routes without a body. */
  body: B;
  key: KeyRecord;
}

/** One method of one path of the old client's API. */
export interface V1Route {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below /api/v1, in Express's form. A parameter `p` is a project that the key must be for. */
  path: string;
  /** The least role that may call it. */
  role: Role;
  /** Absent: a body is not read. Integers that a double does not hold are bigints. */
  body?: z.ZodType;
  /** Bytes that a body may have, when JSON_BODY_BYTES does not fit. */
  bodyBytes?: number;
  /** What to answer with 200; undefined when the handler has answered by itself. */
  handle(call: V1Call): Promise<unknown>;
}

/** A route whose handler gets the body that its schema lets through. */
export function v1Route<B extends z.ZodType>(
  route: Omit<V1Route, 'body' | 'handle'> & { body?: B; handle(call: V1Call<z.output<B>>): Promise<unknown> },
): V1Route {
  return route as V1Route;
}
