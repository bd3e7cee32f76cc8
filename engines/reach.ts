import { MongoClient, MongoServerError, type Document } from 'mongodb';
import { EngineError } from './engine-error';
import { isServing } from './temporal-server';

/** The oldest MongoDB whose snapshot reads and transactions Vivarium can use. */
const MINIMUM_MONGODB = 5;

/**
 * Checks a MongoDB that the user gave: it answers, takes transactions and is recent enough.
 * @throws EngineError that says what is wrong; it never holds the password of the connection string
 */
export async function assertMongodbReachable(uri: string, timeoutMs = 5_000): Promise<void> {
  const shown = uri.replace(/^(mongodb(?:\+srv)?:\/\/)[^/]*@/, '$1').replace(/\?.*$/, '');
  const { hello, version } = await ask(uri, shown, timeoutMs);
  if (hello.setName === undefined && hello.msg !== 'isdbgrid') {
    throw new EngineError(
      `The MongoDB at ${shown} (MONGODB_URI) is a standalone server, which has no transactions; start it with --replSet and initiate the set (one node is enough)`,
    );
  }
  if (Number(version.split('.')[0]) < MINIMUM_MONGODB) {
    throw new EngineError(
      `The MongoDB at ${shown} (MONGODB_URI) is version ${version}, but Vivarium needs ${MINIMUM_MONGODB}.0 or newer`,
    );
  }
}

/**
 * Checks a Temporal server that the user gave: it answers and knows the namespace.
 * @throws EngineError that says what is wrong
 */
export async function assertTemporalReachable(address: string, namespace: string): Promise<void> {
  try {
    await isServing(address, namespace);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError(
      `The Temporal server at ${address} (TEMPORAL_ADDRESS) does not serve the namespace "${namespace}" (${reason}); start it, create the namespace, or correct the setting`,
    );
  }
}

async function ask(uri: string, shown: string, timeoutMs: number): Promise<{ hello: Document; version: string }> {
  let client: MongoClient | undefined;
  try {
    client = new MongoClient(uri, { serverSelectionTimeoutMS: timeoutMs, connectTimeoutMS: timeoutMs });
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    const { version } = await admin.command({ buildInfo: 1 });
    return { hello, version: String(version) };
  } catch (error) {
    const kind = error instanceof MongoServerError ? 'refuses' : 'does not answer';
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError(`The MongoDB at ${shown} (MONGODB_URI) ${kind} (${reason}); start it or correct the setting`);
  } finally {
    await client?.close();
  }
}
