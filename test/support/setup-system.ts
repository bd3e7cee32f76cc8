import setupBuild from './setup-build';
import setupEngines from './setup-engines';

/** Jest's global set-up for tests of the whole system: what is built, on the shared engines or on its own. */
export default async function setup(): Promise<void> {
  setupBuild();
  await setupEngines();
}
