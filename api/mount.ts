import { Router, type RequestHandler } from 'express';
import { requireProject, requireRole } from './auth/authorise';
import type { Endpoint } from './contract/endpoint';
import { contextIfKnown, contextOf } from './context';
import type { DatasetRecord } from '../store/records';
import type { Store } from '../store/store';
import { sendJson } from './json';
import { jsonBody } from './json-body';
import { ApiProblem } from './problem';
import type { Call, Reply, Route } from './route';
import { SharedLookup } from './shared-lookup';
import { validate } from './validate';

/** A router of the given routes. Each checks, in this order: role, project, query, that the project or dataset is there, body. */
export function mountRoutes(routes: readonly Route[], store: Store, authenticate: RequestHandler): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const datasets = new SharedLookup<DatasetRecord>();
  for (const entry of routes) {
    const { endpoint } = entry;
    const steps: RequestHandler[] = [];
    if (endpoint.role !== 'none') steps.push(authenticate, authorise(endpoint));
    steps.push(checkQuery(endpoint), loadContext(store, datasets));
    if (entry.kind === 'stream') steps.push(entry.handle);
    else {
      if (endpoint.body !== undefined) steps.push(jsonBody({ optional: endpoint.bodyOptional }));
      steps.push(answer(endpoint, entry.handle));
    }
    router[endpoint.method](expressPath(endpoint.path), ...steps);
  }
  return router;
}

/** `/projects/{p}` is `/projects/:p` to Express. */
function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function authorise({ role }: Endpoint): RequestHandler {
  return (req, res, next) => {
    const { key } = contextOf(res);
    if (role !== 'none') requireRole(key, role);
    if (typeof req.params.p === 'string') requireProject(key, req.params.p);
    next();
  };
}

function checkQuery({ query }: Endpoint): RequestHandler {
  return (req, res, next) => {
    res.locals.query = validate(query, req.query, 'query');
    next();
  };
}

function loadContext(store: Store, datasets: SharedLookup<DatasetRecord>): RequestHandler {
  return async (req, res, next) => {
    const { p, d } = req.params;
    if (typeof p === 'string' && typeof d === 'string')
      contextOf(res).dataset = await datasets.get(`${p}/${d}`, () => store.datasets.get(p, d));
    else if (typeof p === 'string') contextOf(res).project = await store.projects.get(p);
    next();
  };
}

function answer(endpoint: Endpoint, handle: (call: Call) => Promise<Reply | undefined>): RequestHandler {
  const [usual] = Object.keys(endpoint.answers).map(Number);
  return async (req, res) => {
    const reply = await handle({
      req,
      res,
      params: validate(endpoint.params, req.params, 'path'),
      query: res.locals.query as unknown,
      body: endpoint.body === undefined ? undefined : validate(endpoint.body, req.body, ''),
      key: contextIfKnown(res)?.key as Call['key'],
    });
    if (reply === undefined) return;
    for (const [name, value] of Object.entries(reply.headers ?? {})) res.set(name, value);
    const status = reply.status ?? usual ?? 200;
    if (reply.body === undefined) res.status(status).end();
    else sendJson(res, status, reply.body);
  };
}

/** Whatever no route took: 405 with the methods there are when the path is known, else 404. */
export function unknownRoute(endpoints: readonly Endpoint[]): RequestHandler {
  const patterns = endpoints.map(({ method, path }) => ({ method, pattern: pathPattern(path) }));
  return (req) => {
    const methods = patterns.filter(({ pattern }) => pattern.test(req.path)).map(({ method }) => method.toUpperCase());
    if (methods.length === 0) {
      throw new ApiProblem(
        'route_not_found',
        'There is nothing at this path; /api/v2/openapi.json lists what there is',
      );
    }
    if (methods.includes('GET')) methods.push('HEAD');
    const allowed = [...new Set(methods)].sort().join(', ');
    throw new ApiProblem('method_not_allowed', `Expected one of ${allowed} for this path, got ${req.method}`, {
      headers: { Allow: allowed },
    });
  };
}

function pathPattern(path: string): RegExp {
  const escaped = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\{\w+\}/g, '[^/]+')}$`);
}
