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
 * Megabytes of a thread's nursery. Measured on two processors with 160,000 frames: with 12 the worker peaked at 390 MB and
 * took 20,000 frames/s and more; with 24 and 48 it peaked at 430 and 450 MB and was no faster.
 */
const NURSERY_MB = 12;

export interface GroupThreads extends GroupWriter {
  /** Groups that are written at a time. */
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
    idleTimeout: Infinity,
    resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MB },
  });
  return {
    capacity: threads,
    write: (job) => pool.run(job),
    close: () => pool.close({ force: false }),
  };
}
