import type { Logger } from 'pino';
import type { CommitStore } from '../store/commit-store';
import type { Maintenance } from '../store/maintenance';
import type { ObjectStore } from '../store/objects';
import type { Hints } from '../temporal/hints';

export interface SweepDeps {
  commits: CommitStore;
  maintenance: Maintenance;
  objects: ObjectStore;
  hints: Hints;
  logger: Logger;
}

/** An acknowledged item must not wait for a hint that died with the API: every worker looks this often. */
const QUEUE_MS = 2_000;
/** Uploads without a workflow, deletions and leftovers are less urgent. */
const LEFTOVERS_MS = 20_000;
const STALE_SUBMISSION_MS = 24 * 3600 * 1000;
/** Longer than an API process keeps a DIRECT upload open. */
const ORPHANED_DIRECT_MS = 30 * 60 * 1000;
const UPLOADS_AT_A_TIME = 200;
const OBJECT_STEPS = 20;

/** Looks for work that no hint led to, until stopped. */
export function startSweep(deps: SweepDeps): { stop(): Promise<void> } {
  const loops = [
    every(QUEUE_MS, () => sweepQueues(deps), deps.logger),
    every(LEFTOVERS_MS, () => sweepLeftovers(deps), deps.logger),
  ];
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

export async function sweepQueues({ commits, maintenance, hints }: SweepDeps): Promise<void> {
  const keys = await commits.datasetsWithWork();
  for (const ref of await maintenance.datasetNames(keys)) hints.datasetHasWork(ref);
}

export async function sweepLeftovers({ maintenance, objects, hints }: SweepDeps): Promise<void> {
  // One that is open has nothing to tell: waking its workflow would cost it ten events a sweep for as long as it is open.
  for (const upload of await maintenance.unwatchedUploads(UPLOADS_AT_A_TIME))
    hints.uploadChanged(upload, upload.closed);
  const { projects, datasets } = await maintenance.deletions();
  for (const dataset of datasets) hints.datasetDeleted(dataset);
  for (const project of projects) hints.projectDeleted(project);
  await maintenance.dropStaleSubmissions(new Date(Date.now() - STALE_SUBMISSION_MS));
  await maintenance.closeOrphanedDirects(new Date(Date.now() - ORPHANED_DIRECT_MS));
  // What is left then, the next sweep removes.
  for (let steps = 0; steps < OBJECT_STEPS && !(await objects.removeExpired(new Date())); steps++);
}

function every(ms: number, work: () => Promise<void>, logger: Logger): { stop(): Promise<void> } {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const tick = (): void => {
    running = work()
      .catch((error: unknown) => logger.warn({ err: error }, 'A sweep failed; the next one tries again'))
      .finally(() => {
        if (!stopped) timer = setTimeout(tick, ms);
      });
  };
  timer = setTimeout(tick, 0);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
