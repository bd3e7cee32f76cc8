import { provideMongod } from './shared-engines';

/** Jest's global set-up for test files that need MongoDB only. */
export default async function setup(): Promise<void> {
  await provideMongod();
}
