import { z } from 'zod';
import { isDatasetName } from '../../../domain/ids';
import { StoreError } from '../../../store/errors';
import type { Store } from '../../../store/store';
import type { ApiDeps } from '../../deps';
import { objectUrl, uploadUrl } from '../../objects/urls';
import { ApiProblem } from '../../problem';
import { queryFlag, queryText } from '../query';
import { v1Route, type V1Call, type V1Route } from '../route';

/** In characters: what file systems allow, and room for the id that the client puts before. */
const FILENAME_LENGTH = 512;
/** What the client uploads for an ingest to read. */
const INGEST_FILE = /\.(jsonl|arrow)$/;

/** The client says here what stands in the file as well. */
const FileMetadata = z.looseObject({});

/** Where the old client uploads a file to, and its URL from then on (protocol 3.1); the dataset need not exist yet. */
export function uploadUrlRoutes(deps: ApiDeps): V1Route[] {
  const path = '/projects/:p/datasets/:d/get_upload_url';
  const handle = (call: V1Call) => newUpload(deps, call);
  return [
    v1Route({ method: 'get', path, role: 'writer', handle }),
    v1Route({ method: 'post', path, role: 'writer', body: FileMetadata, handle }),
  ];
}

async function newUpload({ store, publicUrl }: ApiDeps, { params, query, res }: V1Call): Promise<object> {
  const { p: project = '', d: dataset = '' } = params;
  const filename = queryText(query, 'upload_filename') ?? '';
  if (filename === '' || filename.length > FILENAME_LENGTH)
    throw new ApiProblem(
      'invalid_request',
      `Expected a file name of 1 to ${FILENAME_LENGTH} characters as query.upload_filename`,
    );
  if (!isDatasetName(dataset))
    throw new ApiProblem(
      'invalid_request',
      'The name of a dataset has 1 to 128 letters, digits and underscores; correct it',
    );
  await refuseArchived(store, project, dataset);
  const isFile = queryFlag(query, 'resumable_upload') && INGEST_FILE.test(filename);
  const kind = isFile ? 'FILE' : 'ASSET';
  const { object_id, upload_token } = await store.objects.create({ project, dataset, filename, kind });
  res.set('Cache-Control', 'no-store');
  return { put_url: uploadUrl(publicUrl(), upload_token), download_url: objectUrl(publicUrl(), object_id) };
}

/** @throws StoreError project_not_found, project_archived, dataset_archived */
async function refuseArchived({ projects, datasets }: Store, project: string, dataset: string): Promise<void> {
  const { archived } = await projects.get(project);
  if (archived) throw new StoreError('project_archived', `The project ${project} is archived and takes no uploads`);
  const found = await datasets.get(project, dataset).catch((error: unknown) => {
    if (error instanceof StoreError && error.code === 'dataset_not_found') return null;
    throw error;
  });
  if (found?.archived)
    throw new StoreError(
      'dataset_archived',
      `The dataset ${dataset} is archived and takes no uploads; use another name`,
    );
}
