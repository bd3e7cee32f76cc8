import { StoreError } from '../../store/errors';
import type { ProjectChange, ProjectRecord } from '../../store/records';
import type { ProjectStore } from '../../store/store';

/** More writers than ever change the classes of one project at the same moment. */
const ATTEMPTS = 20;

/** Changes a project by what it is, again when somebody else was faster: the client would not repeat a PATCH. */
export async function changeProject(
  projects: ProjectStore,
  project: string,
  change: (found: ProjectRecord) => ProjectChange,
): Promise<ProjectRecord> {
  for (let attempt = 1; ; attempt++) {
    const found = await projects.get(project);
    try {
      return await projects.update(project, found.label_classes, change(found));
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'conflict' || attempt === ATTEMPTS) throw error;
    }
  }
}
