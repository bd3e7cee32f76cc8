import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { ExternalMetadata } from '../free-body';
import { datasetToFill } from '../ingest/dataset-to-fill';
import { fileRefs } from '../ingest/file-refs';
import { openIngest } from '../ingest/open-ingest';
import { clientMessage, Model, Urls, zipParts } from '../ingest/parts';
import { v1Route, type V1Route } from '../route';

const NewUnlabeled = z.looseObject({
  dataset_name: z.string(),
  external_metadata: ExternalMetadata.nullish(),
  frame_model_version: Model,
  crop_model_version: Model,
});

const UnlabeledFiles = z.looseObject({ data_url: Urls });

/** The second generation of unlabeled datasets: made first, then filled by files of whole rows. */
export function unlabeledRoutes(deps: ApiDeps): V1Route[] {
  return [
    v1Route({
      method: 'post',
      path: '/projects/:p/datasets/unlabeled_v2',
      role: 'writer',
      body: NewUnlabeled,
      async handle({ params, body }) {
        await datasetToFill(deps, params.p ?? '', body.dataset_name, {
          mode: 'STREAMING',
          unlabeled: 2,
          external_metadata: body.external_metadata ?? undefined,
        });
        return {};
      },
    }),

    v1Route({
      method: 'post',
      path: '/projects/:p/datasets/unlabeled_v2/:d/upload',
      role: 'writer',
      body: UnlabeledFiles,
      async handle({ req, res, params, body, key }) {
        const [project, name] = [params.p ?? '', params.d ?? ''];
        const rows = await fileRefs(deps, project, body.data_url, 'data_url', false);
        const dataset = await datasetToFill(deps, project, name, { mode: 'STREAMING', unlabeled: 2 });
        const wanted = {
          kind: 'STREAMING',
          upload_version: null,
          format: { rows: 'frames' },
          parts: zipParts({ rows, vectors: [], assets: [] }),
          message: clientMessage(req),
        } as const;
        return openIngest(deps, res, dataset, wanted, key);
      },
    }),
  ];
}
