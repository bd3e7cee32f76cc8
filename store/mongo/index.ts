import type { CommitStore } from '../commit-store';
import type { Maintenance } from '../maintenance';
import type { Store } from '../store';
import { commitStore } from './commits';
import { openDatabase, type ConnectOptions, type Database } from './database';
import { datasetStore } from './datasets';
import { frameStore } from './frames';
import { idempotencyStore } from './idempotency';
import { inferenceSetStore } from './inference-sets';
import { ingestStore } from './ingests';
import { keyStore } from './keys';
import { maintenance } from './maintenance';
import { objectStore, type ObjectStoreOptions } from './objects';
import { previewStore } from './previews';
import { projectStore } from './projects';
import { stagingStore } from './staging';
import { translating } from './translate-errors';
import { uploadStore } from './uploads';
import { versionStore } from './versions';
import { workerStore } from './workers';

export { isTransient } from './translate-errors';

export type MongoStore = Store & {
  commits: CommitStore;
  maintenance: Maintenance;
  /** For tests of plans and indexes. */
  database: Database;
};

/** Connects and makes missing collections and indexes. Throws the driver's error when no server answers in 10 s. */
export async function connectStore(
  uri: string,
  options: Omit<ConnectOptions, 'uri'> & { objects?: ObjectStoreOptions } = {},
): Promise<MongoStore> {
  const database = await openDatabase({ uri, ...options });
  const objects = objectStore(database, options.objects);
  return {
    projects: translating(projectStore(database)),
    datasets: translating(datasetStore(database)),
    uploads: translating(uploadStore(database)),
    inferenceSets: translating(inferenceSetStore(database)),
    ingests: translating(ingestStore(database)),
    objects: translating(objects),
    previews: translating(previewStore(database)),
    staging: translating(stagingStore(database)),
    frames: translating(frameStore(database)),
    versions: translating(versionStore(database)),
    keys: translating(keyStore(database)),
    idempotency: translating(idempotencyStore(database)),
    workers: translating(workerStore(database)),
    commits: translating(commitStore(database)),
    maintenance: translating(maintenance(database, objects)),
    database,
    ping: translating({
      async ping() {
        await database.db.command({ ping: 1 }, { readPreference: 'primary' });
      },
    }).ping,
    close: () => database.client.close(),
  };
}
