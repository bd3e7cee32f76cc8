import { frameEndpoints } from '../contract/frames';
import { datasetOf } from '../context';
import type { ApiDeps } from '../deps';
import { holds, pageHeaders } from '../etag';
import { checkFrameId } from '../frame-id';
import { ApiProblem } from '../problem';
import { resolveVersion } from '../resolve-version';
import { route, type Route } from '../route';
import { frameBodies } from '../views/frame';

export function frameRoutes({ store, clock }: ApiDeps): Route[] {
  return [
    route(frameEndpoints.page, async ({ req, res, query }) => {
      const dataset = datasetOf(res);
      const { version, fixed } = await resolveVersion(store.versions, dataset, query.version, clock());
      const headers = pageHeaders(dataset.key, version, fixed);
      if (holds(req, headers.ETag)) return { status: 304, headers };
      const { prefix, class: className, device_id, after, limit, embeddings } = query;
      const filter = { prefix, class: className, device_id };
      const { items, next } = await store.frames.page(dataset.key, version, filter, { after, limit });
      const frames = await frameBodies(store.frames, dataset.key, version, items, embeddings);
      return { body: { items: frames, next_cursor: next, version }, headers };
    }),

    route(frameEndpoints.batchGet, async ({ res, body }) => {
      const dataset = datasetOf(res);
      const { version } = await resolveVersion(store.versions, dataset, body.version, clock());
      const wanted = [...new Set(body.frame_ids.map((id, index) => checkFrameId(id, `frame_ids[${index}]`)))];
      const found = await store.frames.getMany(dataset.key, version, wanted);
      const there = new Set(found.map(({ frame_id }) => frame_id));
      const items = await frameBodies(store.frames, dataset.key, version, found, body.embeddings);
      return { body: { items, missing: wanted.filter((id) => !there.has(id)), version } };
    }),

    route(frameEndpoints.get, async ({ req, res, params, query }) => {
      const dataset = datasetOf(res);
      const frame_id = checkFrameId(params.f, 'path.f');
      const { version } = await resolveVersion(store.versions, dataset, query.version, clock());
      const revision = await store.frames.get(dataset.key, version, frame_id);
      if (revision === null) {
        throw new ApiProblem('frame_not_found', `The dataset has no frame "${frame_id}" at version ${version}`);
      }
      const headers = { ETag: `"${revision.from}"`, 'Cache-Control': 'private, no-cache' };
      if (holds(req, headers.ETag)) return { status: 304, headers };
      const [body] = await frameBodies(store.frames, dataset.key, version, [revision], query.embeddings);
      return { body, headers };
    }),
  ];
}
