import { randomBytes } from 'node:crypto';
import { locateMongod, locateTemporal } from '../../engines/locate';
import { engineSources, MONGODB_URI_VARIABLE, TEMPORAL_ADDRESS_VARIABLE } from './shared-engines';

/** Connection string of the test run's MongoDB (a replica set of one node), naming the given database. */
export function testMongoUri(database: string): string {
  const [, servers, options] =
    /^(mongodb(?:\+srv)?:\/\/[^/]+)\/?[^?]*(\?.*)?$/.exec(required(MONGODB_URI_VARIABLE)) ?? [];
  return `${servers}/${database}${options ?? ''}`;
}

/** host:port of the test run's Temporal server. */
export function testTemporalAddress(): string {
  return required(TEMPORAL_ADDRESS_VARIABLE);
}

/** A database name that nobody else uses; the prefix says whose it is. */
export function freshDatabaseName(prefix = 'test'): string {
  return `${prefix}_${randomBytes(6).toString('hex')}`;
}

/** Path of mongod, for tests that start their own. */
export async function testMongodBinary(): Promise<string> {
  return locateMongod(engineSources());
}

/** Path of the Temporal CLI, for tests that start their own. */
export async function testTemporalBinary(): Promise<string> {
  return locateTemporal(engineSources());
}

function required(variable: string): string {
  const value = process.env[variable];
  if (!value) {
    throw new Error(
      `${variable} is not set: this test needs an engine, so its folder belongs into a Jest project with one`,
    );
  }
  return value;
}
