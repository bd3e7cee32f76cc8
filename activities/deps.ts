import type { Semaphore } from 'async-mutex';
import type { Logger } from 'pino';
import type { GroupWriter } from './commit/write-group';
import type { CommitStore } from '../store/commit-store';
import type { Maintenance } from '../store/maintenance';
import type { IngestStore } from '../store/ingests';
import type { ObjectStore } from '../store/objects';
import type { StagingStore, UploadStore } from '../store/store';
import type { ByteBudget } from '../staging/byte-budget';
import type { Hints } from '../temporal/hints';

/** What the activities close over. */
export interface ActivityDeps {
  commits: CommitStore;
  groups: GroupWriter;
  maintenance: Maintenance;
  uploads: UploadStore;
  ingests: IngestStore;
  objects: ObjectStore;
  staging: StagingStore;
  hints: Hints;
  /** Bounds the chunk groups that this process holds in memory. */
  slots: Semaphore;
  /** Bounds the uploads whose files this process reads at once. */
  ingestSlots: Semaphore;
  /** Bytes of staged chunks on their way to the store at once. */
  stagingBudget: ByteBudget;
  /** Hosts, `host` or `host:port`, that files may be fetched from. */
  dataHosts: readonly string[];
  logger: Logger;
}
