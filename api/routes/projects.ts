import { StoreError } from '../../store/errors';
import type { LabelClass, ProjectRecord } from '../../store/records';
import type { ProjectStore } from '../../store/store';
import { requireProject } from '../auth/authorise';
import { API_ROOT } from '../contract/endpoint';
import { projectEndpoints } from '../contract/projects';
import { projectOf } from '../context';
import type { ApiDeps } from '../deps';
import { once } from '../idempotency';
import { mergeClasses } from '../label-classes';
import { route, type Route } from '../route';
import { projectBody } from '../views/project';

export function projectRoutes(deps: ApiDeps): Route[] {
  const { store, hints } = deps;
  return [
    route(projectEndpoints.create, async ({ req, res, body, key }) => {
      requireProject(key, body.id);
      const label_classes = mergeClasses([], body.label_classes);
      return once(deps, req, res, 'create project', async ({ resume, note }) => {
        const wanted = { project: body.id, label_classes, primary_task: body.primary_task };
        // A claimant that died may have made it already.
        const made = resume && (await standing(store.projects, wanted));
        await note({ creating: body.id });
        const project = made ?? (await store.projects.create(wanted));
        return { status: 201, body: projectBody(project), headers: { Location: `${API_ROOT}/projects/${body.id}` } };
      });
    }),

    route(projectEndpoints.list, async ({ query, key }) => {
      const { items, next } = await store.projects.list({ ...query, only: key.projects });
      return { body: { items: items.map(projectBody), next_cursor: next } };
    }),

    route(projectEndpoints.get, async ({ res }) => ({ body: projectBody(projectOf(res)) })),

    route(projectEndpoints.change, async ({ res, body }) => {
      const project = projectOf(res);
      const label_classes = body.label_classes && mergeClasses(project.label_classes, body.label_classes);
      const change = {
        ...(label_classes !== undefined && { label_classes }),
        ...(body.primary_task !== undefined && { primary_task: body.primary_task }),
      };
      if (Object.keys(change).length === 0) return { body: projectBody(project) };
      return { body: projectBody(await store.projects.update(project.project, project.label_classes, change)) };
    }),

    route(projectEndpoints.remove, async ({ res }) => {
      const { project } = projectOf(res);
      await store.projects.markDeleting(project);
      hints.projectDeleted(project);
      return { body: { id: project, state: 'DELETING' } };
    }),
  ];
}

async function standing(
  projects: ProjectStore,
  wanted: { project: string; label_classes: LabelClass[] },
): Promise<ProjectRecord | undefined> {
  try {
    const found = await projects.get(wanted.project);
    return JSON.stringify(found.label_classes) === JSON.stringify(wanted.label_classes) ? found : undefined;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'project_not_found') return undefined;
    throw error;
  }
}
