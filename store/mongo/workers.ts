import type { WorkerStore } from '../store';
import type { Database } from './database';

const ALIVE_MS = 10_000;

export function workerStore({ c }: Database): WorkerStore {
  return {
    async beat(worker_id) {
      await c.workers.updateOne(
        { _id: worker_id },
        { $set: { beat_at: new Date() } },
        { upsert: true, writeConcern: { w: 1 } },
      );
    },
    async leave(worker_id) {
      await c.workers.deleteOne({ _id: worker_id });
    },
    // Beats are not waited for by a majority, so a majority read would not see the newest.
    alive: () =>
      c.workers.countDocuments(
        { beat_at: { $gt: new Date(Date.now() - ALIVE_MS) } },
        { readConcern: { level: 'local' } },
      ),
  };
}
