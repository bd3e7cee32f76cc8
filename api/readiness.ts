import type { ApiDeps } from './deps';

/** How long a part may take to answer before it counts as away. */
const PATIENCE_MS = 3_000;

export type Component = 'api' | 'worker' | 'temporal' | 'mongodb';

/** Which parts of the service are up; each is asked at the same time. */
export async function readiness({ store, health }: ApiDeps): Promise<Record<Component, boolean>> {
  const [mongodb, worker, temporal] = await Promise.all([
    up(store.ping().then(() => true)),
    up(store.workers.alive().then((count) => count > 0)),
    up(health.reachable()),
  ]);
  return { api: true, worker, temporal, mongodb };
}

/** A part that fails, or takes too long, is away. */
async function up(answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
