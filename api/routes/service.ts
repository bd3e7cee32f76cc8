import { ENDPOINTS } from '../contract';
import { openApiDocument } from '../contract/openapi';
import { serviceEndpoints } from '../contract/service';
import type { ApiDeps } from '../deps';
import { ApiProblem } from '../problem';
import { readiness } from '../readiness';
import { route, type Route } from '../route';

export function serviceRoutes(deps: ApiDeps): Route[] {
  let openapi: object | undefined;
  const headers = { 'Cache-Control': 'no-store' };
  return [
    route(serviceEndpoints.healthz, async () => ({ body: { status: 'ok' }, headers })),

    route(serviceEndpoints.readyz, async () => {
      const components = await readiness(deps);
      const missing = Object.entries(components).flatMap(([name, up]) => (up ? [] : [name]));
      if (missing.length === 0) return { body: { status: 'ready', components }, headers };
      throw new ApiProblem('not_ready', `Not up: ${missing.join(', ')}`, { members: { components } });
    }),

    route(serviceEndpoints.openapi, async () => {
      openapi ??= openApiDocument(ENDPOINTS, deps.version);
      return { body: openapi, headers: { 'Cache-Control': 'private, no-cache' } };
    }),
  ];
}
