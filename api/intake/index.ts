import type { RequestHandler } from 'express';
import { frameWriteHandler } from './frame-writes';
import type { IntakeDeps } from './intake-deps';
import { INTAKE_LIMITS, type IntakeLimits } from './limits';
import { OutcomeWatcher } from './outcome-watcher';
import { postItemsHandler } from './post-items';
import { WriteAnswers } from './write-answers';
import { WriteJoiners } from './write-joiners';

export { configureServer } from './configure-server';
export { INTAKE_LIMITS, type IntakeLimits } from './limits';

/** The handlers through which items come in. They read their bodies themselves, so no body parser may run before them. */
export interface Intake {
  /** POST .../uploads/{u}/items */
  postItems: RequestHandler;
  /** PUT, PATCH and DELETE .../frames/{f} */
  putFrame: RequestHandler;
  patchFrame: RequestHandler;
  deleteFrame: RequestHandler;
  /** Takes no more single writes, and returns when those taken are durable and their uploads closed. */
  close(): Promise<void>;
}

/** Composes intake. Path parameters are `u` and `f`; the dataset comes from the request's context. */
export function createIntake(given: Omit<IntakeDeps, 'limits'> & { limits?: Partial<IntakeLimits> }): Intake {
  const limits = { ...INTAKE_LIMITS, ...given.limits };
  const deps: IntakeDeps = { ...given, limits };
  const { store, hints, logger } = deps;
  const joiners = new WriteJoiners({
    staging: store.staging,
    limits: limits.direct,
    logger,
    staged: (dataset) => hints.datasetHasWork(dataset),
  });
  const answers = new WriteAnswers(store, new OutcomeWatcher(store.uploads, limits.direct.pollMs, logger));
  return {
    postItems: postItemsHandler(deps),
    putFrame: frameWriteHandler('put', deps, joiners, answers),
    patchFrame: frameWriteHandler('patch', deps, joiners, answers),
    deleteFrame: frameWriteHandler('delete', deps, joiners, answers),
    close: () => joiners.close(),
  };
}
