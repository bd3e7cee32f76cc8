import type { z } from 'zod';
import { expectation } from './expectation';
import { ApiProblem, type ProblemPlace } from './problem';

/**
 * Checks a part of a request against its schema.
 * @param place the part's name in front of each path, empty for the body
 * @throws ApiProblem `invalid_request` that names every place that is wrong
 */
export function validate<S extends z.ZodType>(schema: S, value: unknown, place: '' | 'query' | 'path'): z.output<S> {
  const result = schema.safeParse(value, { error: expectation });
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) => places(issue, place === '' ? [] : [place]));
  throw invalidRequest(errors);
}

/** The problem of a request that is well-formed but wrong in the given places. */
export function invalidRequest(errors: ProblemPlace[]): ApiProblem {
  const [first] = errors;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  const where = first === undefined || first.path === '' ? 'the body' : first.path;
  return new ApiProblem('invalid_request', `${first?.message ?? 'Invalid input'} (in ${where})${more}`, { errors });
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

function places(issue: Issue, before: Path): ProblemPlace[] {
  const path = [...before, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const what = before[0] === 'query' ? 'Unknown query parameter' : 'Unknown field';
    return issue.keys.map((key) => ({ path: pathText([...path, key]), message: `${what} "${shorten(key)}"` }));
  }
  if (issue.code === 'invalid_union') {
    // The branch that got furthest is the one that was meant.
    const branches = issue.errors.filter((branch) => branch.length > 0);
    const furthest = branches.toSorted((a, b) => depth(b) - depth(a))[0];
    if (furthest !== undefined && depth(furthest) > 0) return furthest.flatMap((inner) => places(inner, path));
  }
  return [{ path: pathText(path), message: issue.message }];
}

function depth(branch: readonly Issue[]): number {
  return Math.max(...branch.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)));
}

/** `label_classes[2].name`. */
function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = shorten(String(part));
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}
