import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { contextIfKnown } from './context';

/** One line a request at debug, when it has been answered or its client has left. Headers and queries stay out. */
export function logRequests(logger: Logger): RequestHandler {
  return (req, res, next) => {
    if (!logger.isLevelEnabled('debug')) return next();
    const { method, path } = req;
    const start = process.hrtime.bigint();
    res.once('close', () => {
      const ms = Number(process.hrtime.bigint() - start) / 1e6;
      const status = res.statusCode;
      const complete = res.writableFinished;
      logger.debug({ method, path, status, ms, complete, key_id: contextIfKnown(res)?.key.key_id }, 'request');
    });
    next();
  };
}
