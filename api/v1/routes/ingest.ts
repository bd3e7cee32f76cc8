import { z } from 'zod';
import type { IngestPart } from '../../../store/ingests';
import type { DatasetRecord } from '../../../store/records';
import type { ApiDeps } from '../../deps';
import { ExternalMetadata } from '../free-body';
import { fileRefs } from '../ingest/file-refs';
import { openIngest } from '../ingest/open-ingest';
import { clientMessage, Model, modelsOf, Urls, zipParts } from '../ingest/parts';
import { datasetToFill } from '../ingest/dataset-to-fill';
import { v1Route, type V1Route } from '../route';

/** Files of a streaming upload: the k-th of each list belong together. */
const StreamingFiles = z.looseObject({
  frame: Urls,
  crop: Urls.default([]),
  frame_embeddings: Urls.default([]),
  crop_embeddings: Urls.default([]),
  frame_asset_url: Urls.default([]),
});

const Common = {
  dataset_id: z.string(),
  is_unlabeled_indexed_dataset: z.boolean().nullish(),
  external_metadata: ExternalMetadata.nullish(),
  upload_version: z.string().min(1).max(256).nullish(),
  frame_model_version: Model,
  crop_model_version: Model,
};

/** An object of files is a streaming upload, a list of files fills a dataset once. */
const Ingest = z.union([
  z.looseObject({ ...Common, data_url: StreamingFiles }),
  z.looseObject({
    ...Common,
    data_url: Urls,
    embeddings_url: Urls.default([]),
    frame_asset_url: Urls.default([]),
  }),
]);
type Ingest = z.output<typeof Ingest>;

/** POST /projects/:p/datasets: files that are uploaded already become a dataset's frames. */
export function ingestRoutes(deps: ApiDeps): V1Route[] {
  return [
    v1Route({
      method: 'post',
      path: '/projects/:p/datasets',
      role: 'writer',
      body: Ingest,
      async handle({ req, res, params, body, key }) {
        const project = params.p ?? '';
        const kind = Array.isArray(body.data_url) ? 'BATCH' : 'STREAMING';
        const parts = await partsOf(deps, project, body);
        const dataset: DatasetRecord = await datasetToFill(deps, project, body.dataset_id, {
          mode: kind,
          unlabeled: body.is_unlabeled_indexed_dataset ? 1 : undefined,
        });
        return openIngest(
          deps,
          res,
          dataset,
          {
            kind,
            upload_version: body.upload_version ?? null,
            format: { rows: 'frames', ...modelsOf(body) },
            parts,
            message: clientMessage(req),
            external_metadata: body.external_metadata,
          },
          key,
        );
      },
    }),
  ];
}

async function partsOf(deps: ApiDeps, project: string, { data_url: files, ...rest }: Ingest): Promise<IngestPart[]> {
  const refs = (urls: readonly string[], where: string, foreign = false) =>
    fileRefs(deps, project, urls, where, foreign);
  if (Array.isArray(files)) {
    const { embeddings_url = [], frame_asset_url = [] } = rest as {
      embeddings_url?: string[];
      frame_asset_url?: string[];
    };
    return zipParts({
      rows: await refs(files, 'data_url', true),
      vectors: [await refs(embeddings_url, 'embeddings_url', true)],
      assets: await refs(frame_asset_url, 'frame_asset_url', true),
    });
  }
  return zipParts({
    rows: await refs(files.frame, 'data_url.frame'),
    crops: await refs(files.crop, 'data_url.crop'),
    vectors: [
      await refs(files.frame_embeddings, 'data_url.frame_embeddings'),
      await refs(files.crop_embeddings, 'data_url.crop_embeddings'),
    ],
    assets: await refs(files.frame_asset_url, 'data_url.frame_asset_url'),
  });
}
