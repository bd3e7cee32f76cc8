import { provideMongod, provideTemporal } from './shared-engines';

/** Jest's global set-up for test files that need MongoDB and Temporal. */
export default async function setup(): Promise<void> {
  await provideMongod();
  await provideTemporal();
}
