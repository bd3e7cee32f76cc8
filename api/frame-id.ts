import { frameIdProblem } from '../domain/ids';
import { ApiProblem } from './problem';

/**
 * Checks an id of a frame or label out of a path or body.
 * @throws ApiProblem invalid_id
 */
export function checkFrameId(id: string, path: string): string {
  const problem = frameIdProblem(id);
  if (problem === null) return id;
  throw new ApiProblem('invalid_id', problem, { errors: [{ path, message: problem }] });
}
