import { Semaphore } from 'async-mutex';
import pino from 'pino';
import { createActivities, type Activities } from '../../activities';
import { groupWriter } from '../../activities/commit/write-group';
import type { ActivityDeps } from '../../activities/deps';
import { ByteBudget } from '../../staging/byte-budget';
import type { MongoStore } from '../../store/mongo';
import type { Hints } from '../../temporal/hints';

/** Hints that nobody hears: tests without a Temporal server drain by hand. */
export const NO_HINTS: Hints = {
  datasetHasWork: () => undefined,
  uploadChanged: () => undefined,
  datasetDeleted: () => undefined,
  projectDeleted: () => undefined,
};

/** The real activities over a real store; groups are written on the test's own thread. */
export function activitiesOf(store: MongoStore, change: Partial<ActivityDeps> = {}): Activities {
  const { commits, maintenance, uploads, ingests, objects, staging } = store;
  return createActivities({
    commits,
    groups: groupWriter(commits),
    maintenance,
    uploads,
    ingests,
    objects,
    staging,
    hints: NO_HINTS,
    slots: new Semaphore(2),
    ingestSlots: new Semaphore(2),
    stagingBudget: new ByteBudget(16 * 1024 * 1024),
    dataHosts: [],
    logger: pino({ level: 'silent' }),
    ...change,
  });
}
