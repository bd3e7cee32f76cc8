import { uploadResultEndpoints } from '../contract/upload-results';
import { datasetOf } from '../context';
import type { ApiDeps } from '../deps';
import { sendErrorsAsCsv, sendErrorsAsNdjson } from '../error-downloads';
import type { UploadProgress } from '../progress/upload-progress';
import { sendProgress } from '../progress/send-progress';
import { route, type Route } from '../route';
import { errorBody, itemBody, windowBody } from '../views/upload';

export function uploadResultRoutes({ store }: ApiDeps, progress: UploadProgress): Route[] {
  return [
    route(uploadResultEndpoints.windows, async ({ res, params, query }) => {
      const { items, next } = await store.uploads.windows(datasetOf(res).key, params.u, query);
      return { body: { items: items.map(windowBody), next_cursor: cursor(next) } };
    }),

    route(uploadResultEndpoints.items, async ({ res, params, query: { state, q, ...page } }) => {
      const { items, next } = await store.uploads.items(datasetOf(res).key, params.u, { state, q }, page);
      return { body: { items: items.map(itemBody), next_cursor: cursor(next) } };
    }),

    route(uploadResultEndpoints.errors, async ({ res, params, query: { format, after, limit } }) => {
      const { key } = datasetOf(res);
      // So that an unknown upload is a problem document, not an empty download.
      await store.uploads.get(key, params.u);
      const errors = store.uploads.errors(key, params.u, { after, bodies: format === 'ndjson' });
      if (format === 'ndjson') return sendErrorsAsNdjson(res, params.u, errors);
      if (format === 'csv') return sendErrorsAsCsv(res, params.u, errors);
      const page = [];
      for await (const error of errors) if (page.push(errorBody(error)) > limit) break;
      const items = page.slice(0, limit);
      return { body: { items, next_cursor: page.length > limit ? cursor(items.at(-1)?.item ?? null) : null } };
    }),

    route(uploadResultEndpoints.events, async ({ res, params }) => {
      const { key } = datasetOf(res);
      const upload = await store.uploads.get(key, params.u);
      return sendProgress(res, progress, upload);
    }),
  ];
}

function cursor(next: number | null): string | null {
  return next === null ? null : String(next);
}
