import {
  MongoClient,
  type ClientSession,
  type Collection,
  type Db,
  type IndexDescription,
  type MongoClientOptions,
} from 'mongodb';
import { PREVIEW_DAYS } from '../previews';
import { Connection } from './connection';
import type * as docs from './documents';

/** The collections, typed; each exists before the first transaction. */
export interface Collections {
  projects: Collection<docs.ProjectDoc>;
  datasets: Collection<docs.DatasetDoc>;
  uploads: Collection<docs.UploadDoc>;
  ingests: Collection<docs.IngestDoc>;
  submissions: Collection<docs.SubmissionDoc>;
  chunks: Collection<docs.ChunkDoc>;
  bodies: Collection<docs.BodyDoc>;
  commits: Collection<docs.CommitDoc>;
  windows: Collection<docs.WindowDoc>;
  versions: Collection<docs.VersionDoc>;
  frames: Collection<docs.FrameDoc>;
  embeddings: Collection<docs.EmbeddingDoc>;
  objects: Collection<docs.ObjectDoc>;
  object_parts: Collection<docs.ObjectPartDoc>;
  object_pieces: Collection<docs.ObjectPieceDoc>;
  previews: Collection<docs.PreviewDoc>;
  keys: Collection<docs.KeyDoc>;
  idempotency: Collection<docs.IdempotencyDoc>;
  counters: Collection<docs.CounterDoc>;
  workers: Collection<docs.WorkerDoc>;
}

/**
 * Every index beside `_id`, and the queries it serves. `frames` has no index on labels: a multikey one halves ingest.
 */
export const INDEXES: Record<keyof Collections, IndexDescription[]> = {
  projects: [],
  datasets: [
    // By name; a deleted dataset has none.
    { key: { project: 1, name: 1 }, unique: true, partialFilterExpression: { name: { $exists: true } } },
    { key: { pending_commit: 1 }, partialFilterExpression: { pending_commit: { $type: 'string' } } },
    { key: { state: 1 }, partialFilterExpression: { state: 'DELETING' } },
    // The inference sets of a base.
    {
      key: { 'inference.base.key': 1, state: 1 },
      partialFilterExpression: { 'inference.base.key': { $exists: true } },
    },
  ],
  uploads: [
    { key: { dataset: 1, _id: -1 } },
    { key: { dataset: 1, kind: 1, state: 1, _id: -1 } },
    // The sweep: uploads whose workflow has not seen the end.
    { key: { watched: 1, closed: 1, created_at: 1 }, partialFilterExpression: { watched: false } },
    { key: { kind: 1, state: 1, created_at: 1 }, partialFilterExpression: { kind: 'DIRECT', state: 'OPEN' } },
  ],
  ingests: [
    { key: { dataset: 1, external_id: 1 }, unique: true },
    { key: { dataset: 1, seq: -1 } },
    // Those that must be staged before another.
    { key: { dataset: 1, state: 1, seq: 1 }, partialFilterExpression: { state: 'WAITING' } },
  ],
  submissions: [
    // The queue.
    { key: { dataset: 1, seq: 1 }, partialFilterExpression: { state: 'WAITING' } },
    { key: { upload_id: 1, state: 1, first_item: 1 } },
    { key: { created_at: 1 }, partialFilterExpression: { state: 'STAGING' } },
  ],
  chunks: [
    { key: { upload_id: 1, state: 1 }, partialFilterExpression: { state: 'WAITING' } },
    { key: { upload_id: 1, 'counts.failed': 1, _id: 1 }, partialFilterExpression: { 'counts.failed': { $gt: 0 } } },
    { key: { commit_id: 1 }, partialFilterExpression: { commit_id: { $exists: true } } },
    { key: { retry_of: 1 }, partialFilterExpression: { retry_of: { $exists: true } } },
  ],
  bodies: [],
  commits: [],
  windows: [{ key: { upload_id: 1, window: 1 }, unique: true }],
  versions: [
    { key: { dataset: 1, version: 1 }, unique: true },
    { key: { dataset: 1, created_at: 1 } },
    { key: { dataset: 1, tags: 1 }, unique: true, partialFilterExpression: { 'tags.0': { $exists: true } } },
  ],
  frames: [
    // Pages at any version, a frame's history, and a chunk's current revisions.
    { key: { dataset: 1, frame_id: 1, to: 1, from: 1, deleted: 1 } },
  ],
  embeddings: [],
  objects: [
    { key: { token_hash: 1 }, unique: true },
    { key: { project: 1, dataset: 1, created_at: 1 } },
    { key: { claims: 1 }, partialFilterExpression: { claims: { $exists: true } } },
    // The sweep.
    { key: { expires_at: 1 }, partialFilterExpression: { expires_at: { $exists: true } } },
  ],
  object_parts: [
    { key: { object: 1, first: 1 }, unique: true, partialFilterExpression: { digest: { $exists: true } } },
    // The sweep.
    { key: { beat_at: 1 }, partialFilterExpression: { pending: true } },
  ],
  object_pieces: [],
  previews: [
    // Deleting a project.
    { key: { project: 1 } },
    { key: { created_at: 1 }, expireAfterSeconds: PREVIEW_DAYS * 24 * 60 * 60 },
  ],
  keys: [{ key: { secret_hash: 1 }, unique: true }],
  idempotency: [
    { key: { expires_at: 1 }, expireAfterSeconds: 0 },
    { key: { upload_id: 1 }, partialFilterExpression: { upload_id: { $exists: true } } },
  ],
  counters: [],
  workers: [{ key: { beat_at: 1 }, expireAfterSeconds: 3600 }],
};

export interface Database {
  client: MongoClient;
  db: Db;
  c: Collections;
  /**
   * Runs a transaction, again from the start when the server says that may help. The function must not leave traces
   * outside the session.
   */
  transaction<T>(work: (session: ClientSession) => Promise<T>): Promise<T>;
}

export interface ConnectOptions {
  uri: string;
  /** Else the one that the URI names. */
  database?: string;
  maxPoolSize?: number;
  /** Collections and indexes are there already. */
  prepared?: boolean;
  /** How long a call may wait for its answer, in milliseconds; see `ANSWER_MS`. */
  answerMs?: number;
}

/**
 * A server that is killed resets its connections; one that freezes, or that a partition cuts off, falls silent. Its
 * monitor gives it up after `heartbeatFrequencyMS` (10 s) and this long, and with it all calls under way.
 */
const CONNECT_MS = 10_000;
/** A single call that is not answered for so long is given up, even by a server that its monitor finds well. */
const ANSWER_MS = 60_000;

/**
 * Connects, and makes collections and indexes that are missing.
 * @throws the driver's error when no server answers in 10 s; nothing stays connected then
 */
export async function openDatabase(options: ConnectOptions): Promise<Database> {
  if (!options.prepared) {
    // An index on a large collection takes its time, so this is not given up.
    const preparing = await connect(options, 0);
    try {
      await createCollections(preparing.db(options.database));
    } finally {
      await preparing.close();
    }
  }
  const client = await connect(options, options.answerMs ?? ANSWER_MS);
  const db = client.db(options.database);
  const c = Object.fromEntries(
    Object.keys(INDEXES).map((name) => [name, db.collection(name, name === 'frames' ? { useBigInt64: true } : {})]),
  ) as unknown as Collections;
  return {
    client,
    db,
    c,
    transaction: (work) =>
      client.withSession((session) =>
        session.withTransaction(() => work(session), {
          readConcern: { level: 'snapshot' },
          writeConcern: { w: 'majority', journal: true },
        }),
      ),
  };
}

async function connect({ uri, maxPoolSize = 40 }: ConnectOptions, socketTimeoutMS: number): Promise<MongoClient> {
  const settings: MongoClientOptions & { connectionType: typeof Connection } = {
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
    retryWrites: true,
    ignoreUndefined: true,
    // The driver's own default is `{}`, which has a `constructor` and the like: lists of objects under such metadata keys
    // would come back as raw bytes.
    fieldsAsRaw: Object.create(null) as Record<string, never>,
    maxPoolSize,
    serverSelectionTimeoutMS: 10_000,
    connectTimeoutMS: CONNECT_MS,
    socketTimeoutMS,
    appName: 'vivarium',
    connectionType: Connection,
  };
  const client = new MongoClient(uri, settings);
  try {
    return await client.connect();
  } catch (error) {
    await client.close();
    throw error;
  }
}

async function createCollections(db: Db): Promise<void> {
  const existing = new Set((await db.listCollections({}, { nameOnly: true }).toArray()).map((entry) => entry.name));
  for (const [name, indexes] of Object.entries(INDEXES)) {
    if (!existing.has(name)) await db.createCollection(name).catch(ignoreExisting);
    if (indexes.length > 0) await db.collection(name).createIndexes(indexes);
  }
}

/** Two processes may start at once. */
function ignoreExisting(error: unknown): void {
  if ((error as { codeName?: string }).codeName !== 'NamespaceExists') throw error;
}
