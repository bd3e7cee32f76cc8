import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { StoreError } from '../store/errors';
import { ObjectError } from '../store/object-error';
import type { ProblemBody } from './contract/problem';
import { ClientGone } from './intake/request-body';
import { sendJson } from './json';
import { ApiProblem } from './problem';
import { PROBLEMS } from './problems';

const PROBLEM_TYPE = 'application/problem+json';

/** Seconds after which a client should try again when an engine is away. */
const RETRY_AFTER = '2';

/** Answers with a problem document. */
export function sendProblem(res: Response, problem: ApiProblem, instance?: string): void {
  const { status, title } = PROBLEMS[problem.code];
  const { options } = problem;
  const body: ProblemBody = {
    type: `urn:vivarium:problem:${problem.code}`,
    title,
    status: options.status ?? status,
    code: problem.code,
    detail: problem.message,
    ...(instance !== undefined && { instance }),
    ...(options.errors !== undefined && { errors: options.errors }),
    ...options.members,
  };
  if (body.status === 503) res.set('Retry-After', RETRY_AFTER);
  if (body.status === 401) res.set('WWW-Authenticate', 'Bearer realm="vivarium"');
  res.set('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(options.headers ?? {})) res.set(name, value);
  sendJson(res, body.status, body, PROBLEM_TYPE);
}

/** The last middleware: whatever went wrong becomes a problem document; what nobody foresaw is logged with an id. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    // There is nobody to answer.
    if (error instanceof ClientGone || res.closed) return;
    const problem = toProblem(error);
    const status = problem.options.status ?? PROBLEMS[problem.code].status;
    const instance = status === 500 ? `urn:uuid:${randomUUID()}` : undefined;
    if (status >= 500) {
      logger.error(
        { err: problem.cause ?? problem, code: problem.code, instance, method: req.method, path: req.path },
        problem.message,
      );
    }
    // A stream that has begun can only be cut off, which tells the client that it is not whole.
    if (res.headersSent) return next(error);
    for (const name of ['ETag', 'Content-Disposition', 'X-Dataset-Version']) res.removeHeader(name);
    sendProblem(res, problem, instance);
  };
}

/** Translates anything thrown to a problem. */
export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof StoreError) return new ApiProblem(error.code, error.message, { cause: error });
  // A file that the request names cannot be used; the routes of objects themselves answer with more.
  if (error instanceof ObjectError) return new ApiProblem('invalid_request', error.message, { cause: error });
  if (isUndecodablePath(error)) {
    const detail = 'The path has a "%" that is not followed by the UTF-8 bytes of a character; encode it again';
    return new ApiProblem('malformed_path', detail, { cause: error });
  }
  const detail = 'The server met an unexpected error; its log has more under the id in `instance`';
  return new ApiProblem('internal', detail, { cause: error });
}

/** The router's error for a path parameter that cannot be decoded. */
function isUndecodablePath(error: unknown): boolean {
  return error instanceof URIError && (error as { status?: unknown }).status === 400;
}
