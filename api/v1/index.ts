import type { RequestHandler, Router } from 'express';
import type { ApiDeps } from '../deps';
import { mountV1 } from './mount';
import type { V1Route } from './route';
import { classMapRoutes } from './routes/class-map';
import { datasetRoutes } from './routes/datasets';
import { readFramesRoutes } from './routes/frames';
import { inferenceRoutes } from './routes/inferences';
import { ingestRoutes } from './routes/ingest';
import { metadataRoutes } from './routes/metadata';
import { objectMetadataSchemaRoutes } from './routes/object-metadata-schema';
import { processStateRoutes } from './routes/process-state';
import { projectRoutes } from './routes/projects';
import { previewRoutes } from './routes/preview';
import { unlabeledRoutes } from './routes/unlabeled';
import { uploadUrlRoutes } from './routes/upload-urls';
import { verifyUrlsRoutes } from './routes/verify-urls';
import { windowRoutes } from './routes/windows';

/** The API that the old Python client speaks, to be mounted at /api/v1. */
export function oldClientApi(deps: ApiDeps, authenticate: RequestHandler): Router {
  return mountV1(oldClientRoutes(deps), authenticate, deps.logger);
}

/** Every route there is; a literal part of a path comes before a parameter in its place. */
export function oldClientRoutes(deps: ApiDeps): V1Route[] {
  return [
    ...projectRoutes(deps),
    ...classMapRoutes(deps),
    ...datasetRoutes(deps),
    ...metadataRoutes(deps),
    ...objectMetadataSchemaRoutes(deps),
    ...uploadUrlRoutes(deps),
    ...unlabeledRoutes(deps),
    ...ingestRoutes(deps),
    ...inferenceRoutes(deps),
    ...processStateRoutes(deps),
    ...windowRoutes(deps),
    ...readFramesRoutes(deps),
    ...verifyUrlsRoutes(deps),
    ...previewRoutes(deps),
  ];
}
