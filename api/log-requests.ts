import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { contextIfKnown } from './context';

/** Longer than any version; a header may have any length. */
const VERSION_LENGTH = 32;

/**
 * One line a request at debug, when it has been answered or its client has left. Queries stay out, and headers but for
 * the version of the old Python client. So does what follows `/objects`: whoever knows it may read or write.
 */
export function logRequests(logger: Logger): RequestHandler {
  return (req, res, next) => {
    if (!logger.isLevelEnabled('debug')) return next();
    const { method } = req;
    const path = req.path.replace(/^\/objects\/.+/, '/objects/...');
    const start = process.hrtime.bigint();
    res.once('close', () => {
      const ms = Number(process.hrtime.bigint() - start) / 1e6;
      const status = res.statusCode;
      const complete = res.writableFinished;
      const key_id = contextIfKnown(res)?.key.key_id;
      const client_version = req.get('x-illume-client-version')?.slice(0, VERSION_LENGTH);
      logger.debug({ method, path, status, ms, complete, key_id, client_version }, 'request');
    });
    next();
  };
}
