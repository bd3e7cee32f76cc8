import { CLIENT_VERSIONS } from '../client/versions';
import { pythonEnvironment, type PythonEnvironment } from './python-environment';
import setupSystem from './setup-system';

/** The variable that carries to the test files where the clients are, or why one is not there. */
export const CLIENTS_VARIABLE = 'VIVARIUM_TEST_CLIENTS';

export type ClientSetup = Record<string, PythonEnvironment | { failure: string }>;

/**
 * Jest's global set-up for tests with the Python client: the built system, the engines, and each version of the client.
 * A client that cannot be had fails its own tests, not the whole run.
 */
export default async function setup(): Promise<void> {
  await setupSystem();
  const found: ClientSetup = {};
  for (const { folder, version } of CLIENT_VERSIONS) {
    const client = await pythonEnvironment(version).catch((error: Error) => ({ failure: error.message }));
    found[folder] = client;
    if ('failure' in client) process.stderr.write(`No Python client ${version}: ${client.failure}\n`);
  }
  process.env[CLIENTS_VARIABLE] = JSON.stringify(found);
}
