import { z } from 'zod';
import { StoreError } from '../../../store/errors';
import type { ProjectRecord } from '../../../store/records';
import { requireProject } from '../../auth/authorise';
import { Name } from '../../contract/common';
import type { ApiDeps } from '../../deps';
import { ApiProblem } from '../../problem';
import { invalidRequest } from '../../validate';
import { changeProject } from '../change-project';
import { ExternalMetadata } from '../free-body';
import { appendClasses, ClassMap } from '../label-class-map';
import { PROJECT_SETTINGS, settingsOf } from '../project-settings';
import { v1Route, type V1Route } from '../route';
import { streamList } from '../stream-list';
import { v1Project } from '../views/project';

/** Projects in memory at a time: one may have ten thousand classes. */
const LIST_PAGE = 10;

/** The client writes it in paths where it means no project. */
const RESERVED = 'blah';

const NewProject = z.strictObject({
  project_id: Name.refine((id) => id !== RESERVED, `"${RESERVED}" has a meaning of its own; choose another name`),
  label_class_map: ClassMap,
  primary_task: z
    .string()
    .min(1)
    .max(512)
    .refine((text) => text.isWellFormed(), 'Expected well-formed Unicode')
    .nullish(),
  ...PROJECT_SETTINGS,
  external_metadata: ExternalMetadata.nullish(),
});
type NewProject = z.output<typeof NewProject>;

export function projectRoutes({ store }: ApiDeps): V1Route[] {
  return [
    v1Route({
      method: 'post',
      path: '/projects',
      role: 'writer',
      body: NewProject,
      async handle({ body, key }) {
        requireProject(key, body.project_id);
        return v1Project(await createOrAppend(body));
      },
    }),

    v1Route({
      method: 'get',
      path: '/projects',
      role: 'reader',
      handle: ({ res, key }) =>
        streamList(
          res,
          (after) => store.projects.list({ after, limit: LIST_PAGE, only: key.projects, archived: false }),
          v1Project,
        ),
    }),

    v1Route({
      method: 'get',
      path: '/projects/:p',
      role: 'reader',
      handle: async ({ params }) => v1Project(await store.projects.get(params.p ?? '')),
    }),

    v1Route({
      method: 'delete',
      path: '/projects/:p',
      role: 'writer',
      async handle({ params }) {
        await store.projects.archive(params.p ?? '');
        return {};
      },
    }),
  ];

  /** A project that is there gets the classes that it lacks, and what else is given; twice is the same as once. */
  async function createOrAppend(body: NewProject): Promise<ProjectRecord> {
    const { project_id: project, label_class_map, primary_task, external_metadata } = body;
    const given = { settings: settingsOf(body), ...(external_metadata != null && { external_metadata }) };
    const label_classes = appendClasses([], label_class_map);
    const task = primary_task ?? '2D_OBJECT_DETECTION';
    checkNegativeClass(body, label_classes);
    try {
      return await store.projects.create({ ...given, project, label_classes, primary_task: task });
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'project_exists') throw error;
    }
    try {
      return await changeProject(store.projects, project, (found) => ({
        ...given,
        label_classes: appendClasses(found.label_classes, label_class_map),
        ...(primary_task != null && { primary_task }),
      }));
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'project_not_found') throw error;
      const detail = `Project ${project} is being deleted; choose another name, or try again when it is gone`;
      throw new ApiProblem('project_exists', detail, { cause: error });
    }
  }
}

function checkNegativeClass(body: NewProject, classes: readonly { name: string }[]): void {
  const { binary_classification_negative_class: negative } = body;
  if (negative == null || classes.some(({ name }) => name === negative)) return;
  const message = `Expected the name of a class of label_class_map, got "${negative}"`;
  throw invalidRequest([{ path: 'binary_classification_negative_class', message }]);
}
