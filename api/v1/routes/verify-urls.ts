import { z } from 'zod';
import type { ApiDeps } from '../../deps';
import { v1Route, type V1Route } from '../route';

/** The urls of one sensor come in one request, and no sensor has more than a few. */
const MAX_URLS = 1_000;

const Urls = z.object({
  urls: z.array(z.string()).max(MAX_URLS, 'Expected at most 1,000 urls; ask in several requests'),
});

/** The path of an object at its public URL. */
const OBJECT_PATH = /^\/objects\/([A-Za-z0-9_-]{1,128})$/;

/**
 * Whether the server can read media (protocol 4.8): SUCCESS for complete objects of its own store, SKIPPED for whatever
 * else is sent, texts among them. It asks nobody: a caller must not be able to make the server send requests.
 */
export function verifyUrlsRoutes({ store, publicUrl }: ApiDeps): V1Route[] {
  return [
    v1Route({
      method: 'post',
      path: '/datasets/verify_urls',
      role: 'reader',
      body: Urls,
      handle: async ({ body }) => {
        const root = publicUrl();
        const results = new Map<string, 'SUCCESS' | 'SKIPPED'>();
        for (const url of body.urls) {
          const [, object_id] = (url.startsWith(root) && OBJECT_PATH.exec(url.slice(root.length))) || [];
          const object = object_id === undefined ? null : await store.objects.get(object_id);
          results.set(url, object?.state === 'COMPLETE' ? 'SUCCESS' : 'SKIPPED');
        }
        return Object.fromEntries(results);
      },
    }),
  ];
}
