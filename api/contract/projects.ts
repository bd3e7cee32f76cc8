import { z } from 'zod';
import { After, IdempotencyHeaders, Limit, Name, pageOf, ProjectPath, Timestamp, Flag } from './common';
import { API_ROOT, endpoint } from './endpoint';

/** The old client's names of what a project's labels are for. */
export const PRIMARY_TASKS = [
  '2D_OBJECT_DETECTION',
  'CLASSIFICATION',
  'MULTI_LABEL_CLASSIFICATION',
  'BINARY_CLASSIFICATION',
  '2D_SEMSEG',
  '2D_INSTANCE_SEGMENTATION',
  'CLASSIFICATION_WITH_GEOMETRY',
] as const;

const ClassName = z.string().min(1, 'A class needs a name').max(512);
const Color = z.tuple([
  z.number().int().min(0).max(255),
  z.number().int().min(0).max(255),
  z.number().int().min(0).max(255),
]);

export const GivenClass = z
  .union(
    [
      ClassName,
      z.looseObject({
        name: ClassName,
        id: z.number().int().min(0).max(2_147_483_647).optional(),
        color: Color.optional(),
      }),
    ],
    'Expected a name, or a class {name, id, color}',
  )
  .meta({ id: 'GivenLabelClass', description: 'A name, or a class with id, colour and further keys kept as given' });
export type GivenClass = z.infer<typeof GivenClass>;

const LabelClass = z.looseObject({ name: ClassName, id: z.number().int(), color: Color }).meta({ id: 'LabelClass' });

const GivenClasses = z.array(GivenClass).max(10_000, 'Expected at most 10,000 classes');
const PrimaryTask = z.enum(PRIMARY_TASKS);

export const NewProject = z
  .strictObject({
    id: Name,
    label_classes: GivenClasses,
    primary_task: PrimaryTask.default('2D_OBJECT_DETECTION'),
  })
  .meta({ id: 'NewProject' });

export const ProjectChange = z
  .strictObject({
    label_classes: GivenClasses.optional().meta({ description: 'All classes: those there are, and those to append' }),
    primary_task: PrimaryTask.optional(),
  })
  .meta({ id: 'ProjectChange' });

export const Project = z
  .strictObject({
    id: Name,
    label_classes: z.array(LabelClass),
    primary_task: z.string(),
    state: z.enum(['ACTIVE', 'DELETING']),
    archived: z
      .boolean()
      .meta({ description: 'Taken out of use: it can be read and takes no change, nor do its datasets' }),
    created_at: Timestamp,
  })
  .meta({ id: 'Project' });
export type ProjectBody = z.infer<typeof Project>;

export const Deleting = z.strictObject({ id: Name, state: z.literal('DELETING') }).meta({ id: 'Deleting' });
export const ForceQuery = z.strictObject({
  force: Flag.meta({ description: 'Delete although something is pinned to it' }),
});

const tag = 'Projects';

export const projectEndpoints = {
  create: endpoint({
    method: 'post',
    path: `${API_ROOT}/projects`,
    summary: 'Make a project',
    tag,
    role: 'writer',
    headers: IdempotencyHeaders,
    body: NewProject,
    answers: { 201: { description: 'Made; Location names it', schema: Project } },
    problems: ['project_exists', 'forbidden_project'],
  }),
  list: endpoint({
    method: 'get',
    path: `${API_ROOT}/projects`,
    summary: 'List the projects that the key is for',
    tag,
    role: 'reader',
    query: z.strictObject({ after: After, limit: Limit }),
    answers: { 200: { description: 'By id', schema: pageOf(Project) } },
  }),
  get: endpoint({
    method: 'get',
    path: `${API_ROOT}/projects/{p}`,
    summary: 'Read a project',
    tag,
    role: 'reader',
    params: ProjectPath,
    answers: { 200: { description: 'The project', schema: Project } },
  }),
  change: endpoint({
    method: 'patch',
    path: `${API_ROOT}/projects/{p}`,
    summary: 'Append label classes, change colours or the primary task',
    tag,
    role: 'writer',
    params: ProjectPath,
    body: ProjectChange,
    answers: { 200: { description: 'The project as it is now', schema: Project } },
    problems: ['project_archived', 'class_removed', 'conflict'],
  }),
  remove: endpoint({
    method: 'delete',
    path: `${API_ROOT}/projects/{p}`,
    summary: 'Delete a project with its datasets',
    tag,
    role: 'admin',
    params: ProjectPath,
    query: ForceQuery,
    answers: { 202: { description: 'Hidden at once, its documents are being removed', schema: Deleting } },
  }),
};
