import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { changeProject } from '../change-project';
import { changeClasses, ClassMapChanges } from '../label-class-map';
import { v1Route, type V1Route } from '../route';
import { v1Project } from '../views/project';

/** PATCH /projects/:p/label_class_map: colours and the like of classes that are there. */
export function classMapRoutes({ store }: ApiDeps): V1Route[] {
  return [
    v1Route({
      method: 'patch',
      path: '/projects/:p/label_class_map',
      role: 'writer',
      body: z.strictObject({ label_class_map: ClassMapChanges }),
      async handle({ params, body }) {
        const changed = await changeProject(store.projects, params.p ?? '', ({ label_classes }) => ({
          label_classes: changeClasses(label_classes, body.label_class_map),
        }));
        return v1Project(changed);
      },
    }),
  ];
}
