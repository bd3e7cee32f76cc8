import { Router, type RequestHandler } from 'express';
import type { ApiDeps } from '../deps';
import { INTAKE_LIMITS } from '../intake/limits';
import { ApiProblem } from '../problem';
import { download, preflight } from './download';
import { objectErrorHandler } from './error-answer';
import { initiate, put, type UploadDeps } from './upload';

export { OBJECTS_ROOT } from './urls';

/** Uploaded objects: no credentials, as their URLs cannot be guessed. */
export function objectRoutes(
  { store, publicUrl, logger }: Pick<ApiDeps, 'store' | 'publicUrl' | 'logger'>,
  limits: UploadDeps['limits'] = INTAKE_LIMITS,
): Router {
  const deps: UploadDeps = { objects: store.objects, publicUrl, limits };
  const router = Router({ caseSensitive: true, strict: true });
  router
    .post('/uploads/:token', initiate(deps))
    .put('/uploads/:token', put(deps))
    .all('/uploads/:token', only('POST, PUT'));
  router.get('/:object_id', download(store.objects)).options('/:object_id', preflight);
  router.all('/:object_id', only('GET, HEAD, OPTIONS'));
  router.use(nothingHere, objectErrorHandler(logger));
  return router;
}

function only(allowed: string): RequestHandler {
  return (req) => {
    throw new ApiProblem('method_not_allowed', `Expected one of ${allowed} for this path, got ${req.method}`, {
      headers: { Allow: allowed },
    });
  };
}

const nothingHere: RequestHandler = () => {
  throw new ApiProblem('route_not_found', 'There is nothing at this path');
};
