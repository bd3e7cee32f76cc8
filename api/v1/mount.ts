import { Router, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { requireProject, requireRole } from '../auth/authorise';
import { contextOf } from '../context';
import { sendJson } from '../json';
import { jsonBody } from '../json-body';
import { ApiProblem } from '../problem';
import { validate } from '../validate';
import { v1ErrorHandler } from './error-body';
import type { V1Query, V1Route } from './route';

/**
 * A router of the old client's routes, with answers of its own for unknown paths and for whatever goes wrong. Each
 * route checks, in this order: key, role, project, body. That the project or dataset is there is the handler's to find
 * out; the store's `project_not_found` and `dataset_not_found` are answered with 422.
 */
export function mountV1(routes: readonly V1Route[], authenticate: RequestHandler, logger: Logger): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.use(dropExtraSlashes);
  const unknown = unknownV1Route(routes);
  // Express would answer OPTIONS by itself, and for one path pattern at a time.
  router.options(/.*/, unknown);
  for (const route of routes) {
    const steps = [authenticate, authorise(route)];
    if (route.body !== undefined) steps.push(jsonBody({ maxBytes: route.bodyBytes, exact: true }));
    router[route.method](route.path, ...steps, answer(route));
  }
  router.use(authenticate, unknown);
  router.use(v1ErrorHandler(logger));
  return router;
}

/** The client appends paths to its `api_endpoint` as it stands, which may end in a slash. */
const dropExtraSlashes: RequestHandler = (req, _res, next) => {
  req.url = req.url.replace(/^\/+/, '/');
  next();
};

function authorise({ role }: V1Route): RequestHandler {
  return (req, res, next) => {
    const { key } = contextOf(res);
    requireRole(key, role);
    if (typeof req.params.p === 'string') requireProject(key, req.params.p);
    next();
  };
}

function answer({ body, handle }: V1Route): RequestHandler {
  return async (req, res) => {
    const answered = await handle({
      req,
      res,
      params: req.params as Record<string, string>,
      query: req.query as V1Query,
      body: body === undefined ? undefined : validate(body, req.body, ''),
      key: contextOf(res).key,
    });
    if (answered !== undefined) sendJson(res, 200, answered);
  };
}

/** Whatever no route took: 405 with the methods there are when the path is known, else 404. */
function unknownV1Route(routes: readonly V1Route[]): RequestHandler {
  const known = routes.map(({ method, path }) => ({ method: method.toUpperCase(), pattern: pathPattern(path) }));
  return (req) => {
    const methods = known.filter(({ pattern }) => pattern.test(req.path)).map(({ method }) => method);
    if (methods.length === 0) {
      const detail = 'There is nothing at this path; check that api_endpoint ends in /api/v1';
      throw new ApiProblem('route_not_found', detail);
    }
    if (methods.includes('GET')) methods.push('HEAD');
    const allowed = [...new Set(methods)].sort().join(', ');
    throw new ApiProblem('method_not_allowed', `Expected one of ${allowed} for this path, got ${req.method}`, {
      headers: { Allow: allowed },
    });
  };
}

function pathPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`);
}
