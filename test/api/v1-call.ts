import request, { type Response } from 'supertest';
import { PROBLEMS } from '../../api/problems';
import type { TestApi, Sent } from './api-harness';

/**
 * Sends a request to the old client's API and checks what is the same for every answer: JSON, errors with a message and
 * a code, a 404 for unknown paths alone.
 */
export async function callV1(api: TestApi, method: string, path: string, sent: Sent = {}): Promise<Response> {
  let test = request(api.api.app)[method.toLowerCase() as 'get'](`/api/v1${path}`);
  const key = sent.key === undefined ? api.admin : sent.key;
  if (key !== null) test = test.set('x-illume-api-key', key);
  if (sent.body !== undefined) test = test.set('content-type', 'application/json').send(JSON.stringify(sent.body));
  test = test.set(sent.headers ?? {});
  if (sent.raw !== undefined) test = test.serialize((raw: string) => raw).send(sent.raw);
  const answer = await test;
  if (method === 'HEAD') return answer;
  expect(answer.type).toBe('application/json');
  if (answer.status < 400) {
    expect(answer.status).toBe(200);
    return answer;
  }
  const { message, code, ...rest } = answer.body as Record<string, string>;
  expect(rest).toEqual({});
  expect(Object.keys(PROBLEMS)).toContain(code);
  expect(message).toMatch(/^[^a-z].*[^.]$/s);
  expect(answer.text).not.toMatch(/ {4}at |node_modules|\.ts:/);
  if (answer.status === 404) expect(code).toBe('route_not_found');
  return answer;
}
