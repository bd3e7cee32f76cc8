import type { Response } from 'express';
import type { DatasetRecord, KeyRecord, ProjectRecord } from '../store/records';
import { ApiProblem } from './problem';

/** What the steps before a route's handler found out about the request. */
export interface RequestContext {
  /** The API key that the caller proved to hold. */
  key: KeyRecord;
  /** The project of the path, unless the path goes on to a dataset, which names its project. */
  project?: ProjectRecord;
  /** The dataset of the path, as it stood when the request came in. */
  dataset?: DatasetRecord;
}

/** Starts the context of a request whose caller is known. */
export function startContext(res: Response, key: KeyRecord): RequestContext {
  const context: RequestContext = { key };
  res.locals.context = context;
  return context;
}

/**
 * The context of an authenticated request.
 * @throws Error on a route that needs no key, which is a mistake in the code
 */
export function contextOf(res: Response): RequestContext {
  const context = res.locals.context as RequestContext | undefined;
  if (context === undefined) throw new Error('The request was not authenticated before its context was asked for');
  return context;
}

/** The context of a request if its caller is known by now, for logs. */
export function contextIfKnown(res: Response): RequestContext | undefined {
  return res.locals.context as RequestContext | undefined;
}

/**
 * The dataset of the path.
 * @throws Error on a route without a dataset in its path, which is a mistake in the code
 */
export function datasetOf(res: Response): DatasetRecord {
  const { dataset } = contextOf(res);
  if (dataset === undefined) throw new Error('The route has no dataset in its path');
  return dataset;
}

/**
 * The dataset of the path, for a request that writes to it.
 * @throws ApiProblem dataset_archived
 */
export function writableDatasetOf(res: Response): DatasetRecord {
  const dataset = datasetOf(res);
  if (!dataset.archived) return dataset;
  throw new ApiProblem('dataset_archived', `Dataset ${dataset.dataset} is archived and can only be read; use another`);
}

/**
 * The project of the path.
 * @throws Error on a route without a project or with a dataset in its path, which is a mistake in the code
 */
export function projectOf(res: Response): ProjectRecord {
  const { project } = contextOf(res);
  if (project === undefined) throw new Error('The route has no project in its path, or a dataset too');
  return project;
}
