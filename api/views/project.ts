import type { ProjectRecord } from '../../store/records';
import type { ProjectBody } from '../contract/projects';

/** A project as answered. */
export function projectBody({ project, label_classes, primary_task, state, created_at }: ProjectRecord): ProjectBody {
  return { id: project, label_classes, primary_task, state, created_at: created_at.toISOString() };
}
