import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { PROBLEMS, type ApiErrorCode } from '../problems';
import type { Answer, Endpoint } from './endpoint';
import { ProblemDocument } from './problem';

export const PROBLEM_TYPE = 'application/problem+json';
const SECURITY_SCHEMES = ['ApiKey', 'Bearer'] as const;

/** The OpenAPI 3.1 description of the given endpoints. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string) {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'ApiKey', { type: 'apiKey', in: 'header', name: 'x-illume-api-key' });
  registry.registerComponent('securitySchemes', 'Bearer', { type: 'http', scheme: 'bearer' });
  for (const endpoint of endpoints) registry.registerPath(routeConfig(endpoint));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Vivarium',
      version,
      description: 'A store for living machine-learning datasets: mutable, fully versioned, filled by durable uploads.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    security: SECURITY_SCHEMES.map((name) => ({ [name]: [] })),
  });
}

function routeConfig(endpoint: Endpoint): RouteConfig {
  return {
    method: endpoint.method,
    path: endpoint.path,
    operationId: operationId(endpoint),
    summary: endpoint.summary,
    tags: [endpoint.tag],
    'x-role': endpoint.role,
    ...(endpoint.role === 'none' && { security: [] }),
    request: {
      params: endpoint.params as NonNullable<RouteConfig['request']>['params'],
      query: endpoint.query as NonNullable<RouteConfig['request']>['query'],
      headers: endpoint.headers,
      body: requestBody(endpoint),
    },
    responses: {
      ...Object.fromEntries(Object.entries(endpoint.answers).map(([status, answer]) => [status, response(answer)])),
      ...problemResponses(endpoint.problems),
    },
  };
}

/** `get /api/v2/projects/{p}/datasets` is `getProjectsPDatasets`: unique because method and path are. */
function operationId({ method, path }: Endpoint): string {
  const words = path.replace('/api/v2', '').match(/[A-Za-z0-9]+/g) ?? [];
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function requestBody({ body, bodyOptional, stream }: Endpoint) {
  if (body !== undefined) {
    return { required: bodyOptional !== true, content: { 'application/json': { schema: body } } };
  }
  if (stream === undefined) return undefined;
  const content = Object.fromEntries(Object.entries(stream).map(([type, schema]) => [type, { schema }]));
  return { required: true, content };
}

function response({ description, schema, types }: Answer) {
  const content = {
    ...(schema !== undefined && { 'application/json': { schema } }),
    ...Object.fromEntries((types ?? []).map((type) => [type, { schema: { type: 'string' as const } }])),
  };
  return Object.keys(content).length === 0 ? { description } : { description, content };
}

function problemResponses(codes: readonly ApiErrorCode[]): RouteConfig['responses'] {
  const responses: RouteConfig['responses'] = {};
  for (const status of new Set(codes.map((code) => PROBLEMS[code].status))) {
    const group = codes.filter((code) => PROBLEMS[code].status === status);
    responses[status] = {
      description: group.map((code) => `\`${code}\``).join(', '),
      content: { [PROBLEM_TYPE]: { schema: ProblemDocument } },
    };
  }
  return responses;
}
