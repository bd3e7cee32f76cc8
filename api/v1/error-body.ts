import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { toProblem } from '../error-handler';
import { ClientGone } from '../intake/request-body';
import { sendJson } from '../json';
import type { ApiProblem } from '../problem';
import { PROBLEMS, type ApiErrorCode } from '../problems';

/** Seconds after which the client should try again when an engine is away; it obeys. */
const RETRY_AFTER = '2';

/** What the old client shows of a failure: it raises the message. */
export interface V1ErrorBody {
  message: string;
  code: ApiErrorCode;
}

/**
 * The status that answers a problem. The old client takes a 404 for a passing fault and tries for 14 seconds, so that
 * only paths that nothing will ever be at get one.
 */
export function v1Status({ code, options }: ApiProblem): number {
  const status = options.status ?? PROBLEMS[code].status;
  return status === 404 && code !== 'route_not_found' ? 422 : status;
}

/** The last step of /api/v1: whatever went wrong becomes a message; what nobody foresaw is logged with an id. */
export function v1ErrorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    // There is nobody to answer.
    if (error instanceof ClientGone || res.closed) return;
    const problem = toProblem(error);
    const status = v1Status(problem);
    const instance = status === 500 ? randomUUID() : undefined;
    if (status >= 500) {
      const place = { method: req.method, path: req.baseUrl + req.path };
      logger.error({ err: problem.cause ?? problem, code: problem.code, instance, ...place }, problem.message);
    }
    // A stream that has begun can only be cut off, which tells the client that it is not whole.
    if (res.headersSent) return next(error);
    for (const name of ['ETag', 'Content-Disposition', 'X-Dataset-Version']) res.removeHeader(name);
    if (status === 503) res.set('Retry-After', RETRY_AFTER);
    if (status === 401) res.set('WWW-Authenticate', 'Bearer realm="vivarium"');
    res.set('Cache-Control', 'no-store');
    for (const [name, value] of Object.entries(problem.options.headers ?? {})) res.set(name, value);
    const message =
      instance === undefined
        ? problem.message
        : `The server met an unexpected error; its log has more under ${instance}`;
    sendJson(res, status, { message, code: problem.code } satisfies V1ErrorBody);
  };
}
