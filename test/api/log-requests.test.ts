import { PassThrough } from 'node:stream';
import express from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { logRequests } from '../../api/log-requests';
import { eventually } from '../support/eventually';

/** What is logged of a request with these headers. */
async function logged(headers: Record<string, string>, path = '/api/v1/projects?secret=1'): Promise<string> {
  const out = new PassThrough({ encoding: 'utf8' });
  let text = '';
  out.on('data', (piece: string) => (text += piece));
  const app = express();
  app.use(logRequests(pino({ level: 'debug' }, out)), (_req, res) => void res.end());
  await request(app).get(path).set(headers);
  await eventually(async () => expect(text).toMatch(/\n$/));
  return text;
}

it('a request is logged with the version of the old client, cut to a length, and no other header', async () => {
  const text = await logged({ 'x-illume-client-version': '1.0.7', 'x-illume-api-key': 'hidden' });
  expect(JSON.parse(text)).toMatchObject({
    method: 'GET',
    path: '/api/v1/projects',
    status: 200,
    client_version: '1.0.7',
  });
  expect(text).not.toMatch(/hidden|secret/);
  expect(JSON.parse(await logged({ 'x-illume-client-version': 'x'.repeat(5_000) }))).toMatchObject({
    client_version: 'x'.repeat(32),
  });
  expect(JSON.parse(await logged({}))).not.toHaveProperty('client_version');
});

it('what a URL of an object ends in is not logged, as it lets its reader in', async () => {
  const text = await logged({}, '/objects/uploads/hidden');
  expect(JSON.parse(text)).toMatchObject({ method: 'GET', path: '/objects/...' });
  expect(text).not.toContain('hidden');
});
