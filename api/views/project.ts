import type { ProjectRecord } from '../../store/records';
import type { ProjectBody } from '../contract/projects';

/** A project as answered. */
export function projectBody(record: ProjectRecord): ProjectBody {
  const { project, label_classes, primary_task, state, archived, created_at } = record;
  return { id: project, label_classes, primary_task, state, archived, created_at: created_at.toISOString() };
}
