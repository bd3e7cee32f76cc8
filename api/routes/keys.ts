import type { KeyRecord } from '../../store/records';
import { requireAllProjects } from '../auth/authorise';
import type { KeyCache } from '../auth/key-cache';
import { hashSecret, newKeyId, newSecret } from '../auth/secrets';
import { keyEndpoints, type KeyBody } from '../contract/keys';
import type { ApiDeps } from '../deps';
import { ApiProblem } from '../problem';
import { route, type Route } from '../route';

export function keyRoutes({ store }: ApiDeps, cache: KeyCache): Route[] {
  return [
    route(keyEndpoints.list, async ({ query, key }) => {
      requireAllProjects(key);
      const { items, next } = await store.keys.list(query);
      return { body: { items: items.map(keyBody), next_cursor: next } };
    }),

    route(keyEndpoints.create, async ({ body, key }) => {
      requireAllProjects(key);
      const secret = newSecret();
      const record = await store.keys.create({ key_id: newKeyId(), secret_hash: hashSecret(secret), ...body });
      return { body: { ...keyBody(record), key: secret }, headers: { 'Cache-Control': 'no-store' } };
    }),

    route(keyEndpoints.revoke, async ({ params: { k }, key }) => {
      requireAllProjects(key);
      if (k === key.key_id) {
        throw new ApiProblem('key_in_use', 'A key cannot revoke itself; revoke it with another admin key');
      }
      await store.keys.revoke(k);
      cache.forget(k);
      return {};
    }),
  ];
}

function keyBody({ key_id, name, role, projects, created_at, revoked_at }: KeyRecord): KeyBody {
  return {
    key_id,
    name,
    role,
    ...(projects !== undefined && projects !== null && { projects }),
    created_at: created_at.toISOString(),
    ...(revoked_at instanceof Date && { revoked_at: revoked_at.toISOString() }),
  };
}
