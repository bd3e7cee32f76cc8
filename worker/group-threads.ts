import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import type { GroupJob, GroupOutcome, GroupWriter } from '../activities/commit/write-group';

export interface GroupThreadData {
  uri: string;
  database: string;
}

/** More threads than this would wait for MongoDB, not for a processor. */
const MOST_THREADS = 4;
/** While one group waits for its transaction, its thread reads the next. */
const GROUPS_A_THREAD = 2;
/**
 * A group's parsed items live for its time only. In a nursery of the default 16 MB they outlive two collections and move
 * to the old generation: writing 30,000 frames took 63 us of processor time a frame, and 52 us with a larger one.
 */
const NURSERY_MB = 48;

export interface GroupThreads extends GroupWriter {
  /** Groups that the threads hold at a time. */
  readonly capacity: number;
  close(): Promise<void>;
}

/** Carries group jobs out on threads, so that parsing, hashing and serialising use every processor. */
export function startGroupThreads(data: GroupThreadData): GroupThreads {
  const threads = Math.min(MOST_THREADS, availableParallelism());
  const pool = new Piscina<GroupJob, GroupOutcome>({
    filename: join(__dirname, 'group-thread.js'),
    workerData: data,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: GROUPS_A_THREAD,
    idleTimeout: Infinity,
    resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MB },
  });
  return {
    capacity: threads * GROUPS_A_THREAD,
    write: (job) => pool.run(job),
    close: () => pool.close({ force: false }),
  };
}
