import { previewEndpoints } from '../contract/previews';
import { toJson } from '../json';
import type { ApiDeps } from '../deps';
import { route, type Route } from '../route';

export function previewRoutes({ store }: ApiDeps): Route[] {
  return [
    route(previewEndpoints.get, async ({ res, params }) => {
      const { preview_id, created_at, frame, inference_frame } = await store.previews.get(params.p, params.id);
      // The frames are JSON text already, as exact as it was sent.
      const frames = `"frame":${frame},"inference_frame":${inference_frame ?? 'null'}`;
      const head = toJson({ preview_id, created_at }).slice(0, -1);
      res.status(200).type('application/json').set('Cache-Control', 'private, no-cache').send(`${head},${frames}}`);
      return undefined;
    }),
  ];
}
