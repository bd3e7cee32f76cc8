import type { UploadRecord } from '../../store/records';
import { uploadEndpoints } from '../contract/uploads';
import { datasetOf, writableDatasetOf } from '../context';
import type { ApiDeps } from '../deps';
import { once } from '../idempotency';
import { ApiProblem } from '../problem';
import { route, type Route } from '../route';
import { newUploadId } from '../upload-id';
import { uploadBody, uploadLocation } from '../views/upload';

export function uploadRoutes(deps: ApiDeps): Route[] {
  const { store, hints, clock } = deps;
  const tellWorkers = ({ project, dataset, key, upload_id, kind }: UploadRecord): void => {
    hints.uploadChanged({ project, dataset, key, upload_id, kind });
    hints.datasetHasWork({ project, dataset, key });
  };
  const accepted = (upload: UploadRecord) => ({
    body: uploadBody(upload),
    headers: { Location: uploadLocation(upload, upload.upload_id) },
  });
  return [
    route(uploadEndpoints.open, async ({ req, res, body, key: { key_id } }) => {
      const dataset = datasetOf(res);
      return once(deps, req, res, `open upload of ${dataset.key}`, async ({ resume, note }) => {
        const upload_id = typeof resume?.upload_id === 'string' ? resume.upload_id : newUploadId(clock());
        await note({ upload_id });
        const upload = await store.uploads.open(dataset.key, {
          upload_id,
          kind: body.mode ?? dataset.mode,
          created_by: key_id,
          message: body.message,
          ...(body.external_id !== undefined && { external_id: body.external_id }),
        });
        const { project, kind } = upload;
        hints.uploadChanged({ project, dataset: dataset.dataset, key: dataset.key, upload_id, kind });
        return { status: 201, body: { upload_id }, headers: { Location: uploadLocation(dataset, upload_id) } };
      });
    }),

    route(uploadEndpoints.list, async ({ res, query: { kind, state, ...page } }) => {
      const { items, next } = await store.uploads.list(datasetOf(res).key, { kind, state }, page);
      return { body: { items: items.map(uploadBody), next_cursor: next } };
    }),

    route(uploadEndpoints.get, async ({ res, params }) => {
      return { body: uploadBody(await store.uploads.get(datasetOf(res).key, params.u)) };
    }),

    route(uploadEndpoints.close, async ({ res, params }) => {
      const { key } = datasetOf(res);
      // The process that takes single writes counts them, so only it can close their upload.
      if ((await store.uploads.get(key, params.u)).kind === 'DIRECT') {
        throw new ApiProblem('upload_closed', 'An upload of single writes closes by itself; there is nothing to do');
      }
      const upload = await store.uploads.close(key, params.u);
      tellWorkers(upload);
      return accepted(upload);
    }),

    route(uploadEndpoints.cancel, async ({ res, params }) => {
      const upload = await store.uploads.cancel(datasetOf(res).key, params.u);
      tellWorkers(upload);
      return accepted(upload);
    }),

    route(uploadEndpoints.retry, async ({ res, params }) => {
      const { upload, retried } = await store.uploads.retry(writableDatasetOf(res).key, params.u);
      tellWorkers(upload);
      return { ...accepted(upload), body: { upload_id: upload.upload_id, retried } };
    }),
  ];
}
