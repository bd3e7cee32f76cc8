import express, { type Express } from 'express';
import { authenticate } from './auth/authenticate';
import { KeyCache } from './auth/key-cache';
import { ENDPOINTS } from './contract';
import { API_ROOT } from './contract/endpoint';
import type { ApiDeps } from './deps';
import { errorHandler } from './error-handler';
import { createIntake } from './intake';
import { logRequests } from './log-requests';
import { mountRoutes, unknownRoute } from './mount';
import { OBJECTS_ROOT, objectRoutes } from './objects';
import { UploadProgress } from './progress/upload-progress';
import type { Route } from './route';
import { datasetRoutes } from './routes/datasets';
import { frameRoutes } from './routes/frames';
import { historyRoutes } from './routes/history';
import { itemRoutes, type ItemHandlers } from './routes/items';
import { keyRoutes } from './routes/keys';
import { previewRoutes } from './routes/previews';
import { projectRoutes } from './routes/projects';
import { restoreRoutes } from './routes/restore';
import { serviceRoutes } from './routes/service';
import { uploadResultRoutes } from './routes/upload-results';
import { uploadRoutes } from './routes/uploads';
import { versionRoutes } from './routes/versions';
import { securityHeaders } from './security-headers';
import { oldClientApi } from './v1';
import { V1_ROOT } from './v1/route';

export interface Api {
  app: Express;
  /** Ends watching at once, so that those connections close; to be called before waiting for requests in flight. */
  stopWatching(): void;
  /** Closes the uploads of single writes; to be called when no request is in flight any more. */
  close(): Promise<void>;
}

/** The API as an Express app that listens to no port. */
export function createApp(deps: ApiDeps): Api {
  const { store, hints, logger, clock } = deps;
  const keys = new KeyCache(store.keys, clock);
  const intake = createIntake({ store, hints, logger });
  const progress = new UploadProgress(store.uploads);
  const known = authenticate(keys);

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(logRequests(logger), securityHeaders);
  app.use(V1_ROOT, oldClientApi(deps, known));
  app.use(OBJECTS_ROOT, objectRoutes(deps));
  const unknown = unknownRoute(ENDPOINTS);
  // Express would answer OPTIONS by itself, and for one path pattern at a time.
  app.options(/.*/, unknown);
  app.use(mountRoutes(allRoutes(deps, keys, progress, intake), store, known));
  app.use(API_ROOT, known);
  app.use(unknown);
  app.use(errorHandler(logger));

  return { app, stopWatching: () => progress.close(), close: () => intake.close() };
}

/** Every route there is; a test compares them with the contract. */
export function allRoutes(deps: ApiDeps, keys: KeyCache, progress: UploadProgress, intake: ItemHandlers): Route[] {
  return [
    ...projectRoutes(deps),
    ...datasetRoutes(deps),
    ...uploadRoutes(deps),
    ...itemRoutes(intake),
    ...uploadResultRoutes(deps, progress),
    ...frameRoutes(deps),
    ...historyRoutes(deps),
    ...versionRoutes(deps),
    ...restoreRoutes(deps),
    ...previewRoutes(deps),
    ...keyRoutes(deps, keys),
    ...serviceRoutes(deps),
  ];
}
