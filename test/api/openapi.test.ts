import { pino } from 'pino';
import { allRoutes } from '../../api/app';
import { KeyCache } from '../../api/auth/key-cache';
import { ENDPOINTS } from '../../api/contract';
import { openApiDocument } from '../../api/contract/openapi';
import { UploadProgress } from '../../api/progress/upload-progress';
import { TestApi } from './api-harness';

type Operation = {
  operationId: string;
  summary: string;
  'x-role': string;
  security?: unknown[];
  parameters?: { name: string; in: string; required: boolean }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
};

const document = openApiDocument(ENDPOINTS, '1.2.3') as unknown as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ id: `${method} ${path}`, path, operation })),
);

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('openapi');
});
afterAll(() => api.stop());

describe('the OpenAPI document', () => {
  it('is served to readers', async () => {
    const answer = await api.get('/openapi.json', { key: await api.key('reader') });
    expect(answer.body).toMatchObject({ openapi: '3.1.0', info: { title: 'Vivarium', version: '0.0.0' } });
    expect(Object.keys(answer.body.paths)).toEqual(Object.keys(document.paths));
  });

  it('has exactly the routes that the app has', () => {
    const handler = (): void => undefined;
    const { store } = api;
    const deps = {
      store,
      hints: { datasetHasWork: handler, uploadChanged: handler, datasetDeleted: handler, projectDeleted: handler },
      health: { reachable: async () => true },
      clock: () => new Date(),
      logger: pino({ level: 'silent' }),
      publicUrl: () => 'http://vivarium.test',
      dataHosts: [],
      version: '0',
    };
    const intake = { postItems: handler, putFrame: handler, patchFrame: handler, deleteFrame: handler };
    const routes = allRoutes(deps, new KeyCache(store.keys, deps.clock), new UploadProgress(store.uploads), intake);
    const served = routes.map(({ endpoint }) => `${endpoint.method} ${endpoint.path}`).sort();
    expect(served).toEqual(operations.map(({ id }) => id).sort());
    expect(new Set(served).size).toBe(served.length);
  });

  it('gives every operation an id of its own, a summary, a role and its security', () => {
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { operation } of operations) {
      expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
      expect(['none', 'reader', 'writer', 'admin']).toContain(operation['x-role']);
      expect(operation.security).toEqual(operation['x-role'] === 'none' ? [] : undefined);
    }
  });

  it.each(operations.map(({ id, path, operation }) => [id, path, operation] as const))(
    '%s names its path parameters',
    (_, path, operation) => {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(inPath);
      expect(declared.every(({ required }) => required)).toBe(true);
    },
  );

  it('describes every body, every success and every problem', () => {
    for (const { id, operation } of operations) {
      const statuses = Object.keys(operation.responses).map(Number);
      expect({ id, success: statuses.some((status) => status < 300) }).toEqual({ id, success: true });
      for (const [status, response] of Object.entries(operation.responses)) {
        if (Number(status) < 400) continue;
        expect(response.description).toMatch(/^`\w+`/);
        expect(response.content?.['application/problem+json']?.schema).toEqual({
          $ref: '#/components/schemas/Problem',
        });
      }
      for (const { schema } of Object.values(operation.requestBody?.content ?? {})) expect(schema).toBeDefined();
    }
  });

  it('resolves all of its references', () => {
    const text = JSON.stringify(document);
    const schemas = (document as unknown as { components: { schemas: object } }).components.schemas;
    const names = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name));
    expect([...names].filter((name) => !(name! in schemas))).toEqual([]);
    expect(names.size).toBeGreaterThan(20);
  });
});
