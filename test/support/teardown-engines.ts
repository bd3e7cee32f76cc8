import { stopSharedEngines } from './shared-engines';

export default async function teardown(): Promise<void> {
  await stopSharedEngines();
}
