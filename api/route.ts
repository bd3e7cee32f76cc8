import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { KeyRecord } from '../store/records';
import type { Endpoint } from './contract/endpoint';

/** A checked request. */
export interface Call<P = unknown, Q = unknown, B = unknown> {
  req: Request;
  res: Response;
  params: P;
  query: Q;
  body: B;
  /** The key of the caller; on endpoints that need none it must not be asked for. */
  key: KeyRecord;
}

/** What to answer; `status` is the endpoint's only success unless given. */
export interface Reply {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** An endpoint with what does its work. */
export type Route = { endpoint: Endpoint } & (
  | { kind: 'json'; handle: (call: Call) => Promise<Reply | undefined> }
  /** Reads the body itself. */
  | { kind: 'stream'; handle: RequestHandler }
);

/** A route whose request is checked by its contract; a handler that answers by itself returns undefined. */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  endpoint: Endpoint<P, Q, B>,
  handle: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Reply | undefined>,
): Route {
  return {
    endpoint: endpoint as unknown as Endpoint,
    kind: 'json',
    handle: handle as (call: Call) => Promise<Reply | undefined>,
  };
}

/** A route whose handler reads the body as a stream. */
export function streamRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  endpoint: Endpoint<P, Q, B>,
  handle: RequestHandler,
): Route {
  return { endpoint: endpoint as unknown as Endpoint, kind: 'stream', handle };
}
