import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { IntakeLimits } from './limits';
import { ClientGone, discardRest } from './request-body';

/** A handler that reads its request's body itself, with what has to happen to the body when it fails. */
export function bodyHandler(
  handle: (req: Request, res: Response) => Promise<void>,
  { logger, limits }: { logger: Logger; limits: Pick<IntakeLimits, 'lingerMs'> },
): RequestHandler {
  return async (req, res) => {
    try {
      await handle(req, res);
    } catch (error) {
      if (error instanceof ClientGone) {
        logger.info({ method: req.method, url: req.originalUrl }, error.message);
        return;
      }
      discardRest(req, limits.lingerMs);
      throw error;
    }
  };
}
