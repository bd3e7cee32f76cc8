import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { ExternalMetadata } from '../free-body';
import { v1Route, type V1Route } from '../route';

const Body = z.strictObject({ external_metadata: ExternalMetadata });

/** POST .../metadata: replaces the user's own metadata of a project, a dataset or (by its full name) an inference set. */
export function metadataRoutes({ store }: ApiDeps): V1Route[] {
  return [
    v1Route({
      method: 'post',
      path: '/projects/:p/metadata',
      role: 'writer',
      body: Body,
      async handle({ params, body }) {
        await store.projects.setExternalMetadata(params.p ?? '', body.external_metadata);
        return {};
      },
    }),

    v1Route({
      method: 'post',
      path: '/projects/:p/datasets/:d/metadata',
      role: 'writer',
      body: Body,
      async handle({ params, body }) {
        const { key } = await store.datasets.get(params.p ?? '', params.d ?? '');
        await store.datasets.setExternalMetadata(key, body.external_metadata);
        return {};
      },
    }),
  ];
}
