import { z } from 'zod';
import { API_ROOT, endpoint } from './endpoint';

const tag = 'Service';

export const serviceEndpoints = {
  healthz: endpoint({
    method: 'get',
    path: '/healthz',
    summary: 'Whether this process answers',
    tag,
    role: 'none',
    answers: { 200: { description: 'It does', schema: z.strictObject({ status: z.literal('ok') }) } },
  }),
  readyz: endpoint({
    method: 'get',
    path: '/readyz',
    summary: 'Whether API, worker, Temporal and MongoDB are up',
    tag,
    role: 'none',
    answers: {
      200: {
        description: 'All are up',
        schema: z.strictObject({
          status: z.literal('ready'),
          components: z.record(z.enum(['api', 'worker', 'temporal', 'mongodb']), z.boolean()),
        }),
      },
    },
    problems: ['not_ready'],
  }),
  openapi: endpoint({
    method: 'get',
    path: `${API_ROOT}/openapi.json`,
    summary: 'This description',
    tag,
    role: 'reader',
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()) } },
  }),
};
