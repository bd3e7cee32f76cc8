import type { Response } from 'supertest';
import { ENDPOINTS } from '../../api/contract';
import type { Endpoint } from '../../api/contract/endpoint';
import { ProblemDocument } from '../../api/contract/problem';
import { PROBLEMS, type ApiErrorCode } from '../../api/problems';

/** Codes of requests that no endpoint took. */
const UNROUTED: string[] = ['route_not_found', 'method_not_allowed', 'unauthorized'];

/** Fails the test unless the answer is what the contract says of this method and path. */
export function checkAnswer(method: string, url: string, answer: Response): void {
  const endpoint = endpointOf(method, url.split('?', 1).join(''));
  const type = answer.type;
  if (answer.status >= 400) return checkProblem(endpoint, answer);
  const declared = endpoint?.answers[answer.status];
  expect({ method, url, status: answer.status, declared: declared !== undefined }).toMatchObject({ declared: true });
  if (method === 'HEAD') return;
  if (type === 'application/json') {
    expect(declared?.schema?.safeParse(answer.body).error).toBeUndefined();
    expect(declared?.schema).toBeDefined();
  } else if (type !== '') expect(declared?.types).toContain(type);
}

function checkProblem(endpoint: Endpoint | undefined, answer: Response): void {
  if (answer.type !== 'application/problem+json')
    throw new Error(`Not a problem document: ${answer.status} ${answer.text}`);
  const problem = ProblemDocument.parse(answer.body);
  expect(problem.status).toBe(answer.status);
  expect(problem.detail).toMatch(/^[^a-z].*[^.]$/s);
  expect(problem.title).toBe(PROBLEMS[problem.code as ApiErrorCode].title);
  expect(answer.text).not.toMatch(/ {4}at |node_modules|\.ts:/);
  if (endpoint === undefined) expect(UNROUTED).toContain(problem.code);
  // What an item may fail with stands in the documentation, not with each endpoint.
  else if (endpoint.tag !== 'Items') expect(endpoint.problems).toContain(problem.code);
}

function endpointOf(method: string, path: string): Endpoint | undefined {
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
  return ENDPOINTS.filter(({ method: own }) => own === verb)
    .filter((endpoint) =>
      new RegExp(`^${endpoint.path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
    )
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
}
