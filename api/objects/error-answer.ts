import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { ObjectError, type ObjectErrorCode } from '../../store/object-error';
import { toProblem } from '../error-handler';
import { ClientGone } from '../intake/request-body';
import { sendJson } from '../json';
import { PROBLEMS } from '../problems';

/** None of those that the old client takes for passing faults, which it would try again for minutes. */
const STATUS: Record<ObjectErrorCode, number> = {
  unknown_upload: 410,
  refused: 400,
  out_of_order: 409,
  wrong_total: 400,
  wrong_length: 400,
  too_large: 413,
  already_complete: 409,
  object_not_found: 410,
  object_incomplete: 409,
};

/** Seconds after which a client should try again when an engine is away. */
const RETRY_AFTER = '2';

/** The last step of /objects: whatever went wrong becomes a message that a person can act on. */
export function objectErrorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    // There is nobody to answer.
    if (error instanceof ClientGone || res.closed) return;
    const { status, code, message, headers } = answerOf(error);
    const instance = status >= 500 ? randomUUID() : undefined;
    if (instance !== undefined) logger.error({ err: error, code, instance, method: req.method }, message);
    // A body that has begun can only be cut off, which tells the client that it is not whole.
    if (res.headersSent) return next(error);
    for (const name of ['ETag', 'Content-Disposition', 'Content-Range', 'Content-Length']) res.removeHeader(name);
    res.set({ 'Cache-Control': 'no-store', ...headers });
    if (status === 503) res.set('Retry-After', RETRY_AFTER);
    const shown = status === 500 ? `The server met an unexpected error; its log has more under ${instance}` : message;
    sendJson(res, status, { message: shown, code });
  };
}

function answerOf(error: unknown): { status: number; code: string; message: string; headers?: Record<string, string> } {
  if (error instanceof ObjectError) return { status: STATUS[error.code], code: error.code, message: error.message };
  const problem = toProblem(error);
  const { status = PROBLEMS[problem.code].status, headers } = problem.options;
  return { status, code: problem.code, message: problem.message, ...(headers && { headers }) };
}
