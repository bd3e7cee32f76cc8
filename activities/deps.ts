import type { Semaphore } from 'async-mutex';
import type { GroupWriter } from './commit/write-group';
import type { CommitStore } from '../store/commit-store';
import type { Maintenance } from '../store/maintenance';
import type { UploadStore } from '../store/store';
import type { Hints } from '../temporal/hints';

/** What the activities close over. */
export interface ActivityDeps {
  commits: CommitStore;
  groups: GroupWriter;
  maintenance: Maintenance;
  uploads: UploadStore;
  hints: Hints;
  /** Bounds the chunk groups that this process holds in memory. */
  slots: Semaphore;
}
