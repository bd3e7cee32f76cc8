import type { KeyRecord, Role } from '../../store/records';
import { ApiProblem } from '../problem';

const RANK: Record<Role, number> = { reader: 0, writer: 1, admin: 2 };

/** @throws ApiProblem `forbidden_role` unless the key's role is at least the needed one */
export function requireRole(key: KeyRecord, needed: Role): void {
  if (RANK[key.role] >= RANK[needed]) return;
  throw new ApiProblem('forbidden_role', `Expected a key with the role ${needed}, but this one is a ${key.role} key`);
}

/** @throws ApiProblem `forbidden_project` when the key is for other projects only, whether or not this one exists */
export function requireProject(key: KeyRecord, project: string): void {
  if (key.projects === undefined || key.projects.includes(project)) return;
  throw new ApiProblem('forbidden_project', 'The key is for other projects; use one that is for this project');
}

/** @throws ApiProblem `forbidden_project` unless the key is for all projects: keys could widen themselves otherwise */
export function requireAllProjects(key: KeyRecord): void {
  if (key.projects === undefined) return;
  throw new ApiProblem('forbidden_project', 'Expected a key for all projects, but this one is for some only');
}
