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
/**
 * Megabytes of a thread's nursery. What an item is parsed into dies within a few items, so more gained little: bulk
 * ingest took the same time with 24, but the worker came to 420 MB while it read files too, instead of 390.
 */
const NURSERY_MB = 12;
/** Room for the worst line of 8 MiB twice over. With a bound, V8 also collects sooner: 450 MB fell to 330 MB. */
const HEAP_MB = 768;

export interface GroupThreads extends GroupWriter {
  /** Groups that are written at a time. */
  readonly capacity: number;
  close(): Promise<void>;
}

/**
 * Carries group jobs out on threads, so that parsing, hashing and serialising use every processor.
 * @param filename the compiled program of a thread
 */
export function startGroupThreads(data: GroupThreadData, filename = join(__dirname, 'group-thread.js')): GroupThreads {
  const threads = Math.min(MOST_THREADS, availableParallelism());
  const pool = new Piscina<GroupJob, GroupOutcome>({
    filename,
    workerData: data,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
    // Waiting on an atomic would block the thread's event loop, and with it the driver's heartbeats.
    atomics: 'disabled',
    resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MB, maxOldGenerationSizeMb: HEAP_MB },
  });
  return {
    capacity: threads,
    write: (job) => pool.run(job),
    close: () => pool.close({ force: false }),
  };
}
