import { z } from 'zod';
import { isDatasetName } from '../../../domain/ids';
import { inferenceSetName } from '../../../store/inference-sets';
import type { ApiDeps } from '../../deps';
import { ApiProblem } from '../../problem';
import { ExternalMetadata } from '../free-body';
import { fileRefs } from '../ingest/file-refs';
import { openIngest } from '../ingest/open-ingest';
import { clientMessage, Model, modelsOf, Urls, zipParts } from '../ingest/parts';
import { v1Route, type V1Route } from '../route';

const Inferences = z.looseObject({
  inferences_id: z.string(),
  data_url: Urls,
  embeddings_url: Urls.nullish(),
  frame_asset_url: Urls.nullish(),
  /** Left out by clients that know one mode only. */
  pipeline_mode: z.enum(['STREAMING', 'BATCH']).nullish(),
  upload_version: z.string().min(1).max(256).nullish(),
  frame_model_version: Model,
  crop_model_version: Model,
  external_metadata: ExternalMetadata.nullish(),
});

/** POST /projects/:p/datasets/:d/inferences: files become the frames of an inference set, pinned to its base. */
export function inferenceRoutes(deps: ApiDeps): V1Route[] {
  const { store } = deps;
  return [
    v1Route({
      method: 'post',
      path: '/projects/:p/datasets/:d/inferences',
      role: 'writer',
      body: Inferences,
      async handle({ req, res, params, body, key }) {
        const [project, base] = [params.p ?? '', params.d ?? ''];
        const name = checkedName(base, body.inferences_id);
        const refs = (urls: readonly string[] | null | undefined, where: string) =>
          fileRefs(deps, project, urls ?? [], where, true);
        const parts = zipParts({
          rows: await refs(body.data_url, 'data_url'),
          vectors: [await refs(body.embeddings_url, 'embeddings_url')],
          assets: await refs(body.frame_asset_url, 'frame_asset_url'),
        });
        const kind = body.pipeline_mode ?? 'STREAMING';
        const set = await store.inferenceSets.open((await store.datasets.get(project, base)).key, name, kind);
        const wanted = {
          kind,
          upload_version: body.upload_version ?? null,
          format: { rows: 'inferences', ...modelsOf(body) },
          parts,
          message: clientMessage(req),
          external_metadata: body.external_metadata,
        } as const;
        return openIngest(deps, res, set, wanted, key);
      },
    }),
  ];
}

function checkedName(base: string, name: string): string {
  if (isDatasetName(name) && isDatasetName(inferenceSetName(base, name))) return name;
  const message =
    'Expected a name of letters, digits and underscores in inferences_id, at most 128 with the name of its base';
  throw new ApiProblem('invalid_id', message);
}
