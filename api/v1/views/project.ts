import type { ProjectRecord } from '../../../store/records';
import { classMapOf } from '../label-class-map';

/** A project as the old client reads it: what was given at its creation under the same names. */
export function v1Project(record: ProjectRecord): object {
  const { project, label_classes, primary_task, settings, external_metadata, archived, created_at } = record;
  return {
    id: project,
    label_class_map: classMapOf(label_classes),
    primary_task,
    ...settings,
    external_metadata,
    archived,
    created_at: created_at.toISOString(),
  };
}
