import { z } from 'zod';
import { After, KeyPath, Limit, Name, pageOf, Timestamp } from './common';
import { API_ROOT, endpoint } from './endpoint';

const Role = z.enum(['reader', 'writer', 'admin']).meta({ id: 'Role' });
const projects = z.array(Name).min(1, 'Expected at least one project; leave it out for all projects').max(1000);

export const NewKey = z
  .strictObject({
    name: z.string().min(1, 'A key needs a name').max(200).meta({ description: 'Who or what holds it' }),
    role: Role,
    projects: projects.optional().meta({ description: 'The projects it is for; all when left out' }),
  })
  .meta({ id: 'NewKey' });

const key = {
  key_id: z.string(),
  name: z.string(),
  role: Role,
  projects: z.array(Name).optional(),
  created_at: Timestamp,
  revoked_at: Timestamp.optional(),
};
export const Key = z.strictObject(key).meta({ id: 'Key' });
export type KeyBody = z.infer<typeof Key>;

const tag = 'Keys';
const keys = `${API_ROOT}/keys`;

export const keyEndpoints = {
  list: endpoint({
    method: 'get',
    path: keys,
    summary: 'List the API keys, without their secrets',
    tag,
    role: 'admin',
    query: z.strictObject({ after: After, limit: Limit }),
    answers: { 200: { description: 'Revoked ones too', schema: pageOf(Key) } },
    problems: ['forbidden_project'],
  }),
  create: endpoint({
    method: 'post',
    path: keys,
    summary: 'Make an API key; its secret is in this answer and never again',
    tag,
    role: 'admin',
    body: NewKey,
    answers: {
      201: { description: 'Made', schema: z.strictObject({ ...key, key: z.string() }).meta({ id: 'KeyWithSecret' }) },
    },
    problems: ['forbidden_project'],
  }),
  revoke: endpoint({
    method: 'delete',
    path: `${keys}/{k}`,
    summary: 'Revoke an API key; other processes notice within five seconds',
    tag,
    role: 'admin',
    params: KeyPath,
    answers: { 204: { description: 'Revoked' } },
    problems: ['key_not_found', 'key_in_use', 'forbidden_project'],
  }),
};
