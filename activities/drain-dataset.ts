import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { DatasetRef } from '../temporal/hints';
import type { DatasetRecord } from '../store/records';
import type { CommitRecord, CommitStore } from '../store/commit-store';
import { planCommit } from './commit/plan-commit';
import { Progress, type DrainBeat } from './commit/progress';
import { runCommit } from './commit/run-commit';
import type { ActivityDeps } from './deps';

/** With nothing waiting, how long to look for more before the actor ends, and how often: a trickle is one activity. */
const LINGER_MS = 3_000;
const LOOK_MS = 20;
/** One activity drains for at most this long, so that its history and details move on. */
const DRAIN_MS = 120_000;
/** Writers need not wake the actor while its lease holds; renewed at a third of its length. */
const LEASE_MS = 3_000;
const BEAT_MS = 1_000;
/** How often to look whether an inference set can be pinned: until then its first version has no base. */
const UNPINNED_MS = 200;
/** See `pause`. A write is to be visible within half a second. */
const LONGEST_PAUSE_MS = 150;
const PAUSE_MS_PER_ITEM = 2;

export interface Drained {
  /** Versions published. */
  published: number;
  /** The dataset's head afterwards. */
  head: number;
  /** Time was up and more may be waiting. */
  more: boolean;
}

/** Commits what waits in a dataset's queue, version after version, until nothing is left. */
export async function drainDataset(deps: ActivityDeps, { key }: DatasetRef): Promise<Drained> {
  const { commits } = deps;
  const context = Context.current();
  let beat: DrainBeat = (context.info.heartbeatDetails as DrainBeat | undefined) ?? {};
  const progress = new Progress({
    resume: beat,
    signal: context.cancellationSignal,
    slots: deps.slots,
    beat: (details) => {
      beat = details;
      context.heartbeat(beat);
    },
  });
  const lease = new Lease(deps, key);
  const timer = setInterval(() => context.heartbeat(beat), BEAT_MS);
  const until = Date.now() + DRAIN_MS;
  let published = 0;
  let head = 0;
  try {
    for (;;) {
      const dataset = await commits.dataset(key);
      if (!dataset) return { published, head, more: false };
      head = dataset.head;
      if (Date.now() > until) return { published, head, more: true };
      await lease.renew();
      if (!(await pinned(commits, dataset))) {
        progress.throwIfStopped();
        await sleep(UNPINNED_MS);
        continue;
      }
      const commit = await nextCommit(deps, dataset);
      if (commit === 'again') continue;
      if (commit) {
        const next = Date.now() + pause(commit);
        const outcome = await runCommit(deps, dataset, commit, progress);
        if (outcome.state === 'PUBLISHED') published++;
        await tellEnded(deps, outcome.ended);
        await sleep(Math.max(0, next - Date.now()));
      } else if (!(await moreComes(deps, key, lease, progress))) return { published, head, more: false };
    }
  } finally {
    clearInterval(timer);
    await lease.release();
  }
}

/**
 * From the start of a commit to that of the next: the more single-frame writes come together, the longer the actor
 * waits for more of them, since a version costs three transactions whether it holds one frame or a hundred. One writer
 * who waits for each of his writes is not held up, nor is an upload of items.
 */
function pause({ parts, direct }: CommitRecord): number {
  if (!direct) return 0;
  const items = parts.reduce((sum, part) => sum + part.items, 0);
  return Math.min(LONGEST_PAUSE_MS, items * PAUSE_MS_PER_ITEM);
}

/** Wakes the workflows of uploads that have ended. */
async function tellEnded({ maintenance, hints }: ActivityDeps, upload_ids: string[]): Promise<void> {
  for (const upload_id of upload_ids) {
    const upload = await maintenance.watchedUpload(upload_id);
    if (upload) hints.uploadChanged(upload);
  }
}

/** True unless it is an inference set that has to wait for its base. */
async function pinned(commits: CommitStore, { key, inference }: DatasetRecord): Promise<boolean> {
  return inference?.base_version !== null || (await commits.pin(key)) !== null;
}

/** The commit that stands unfinished, else a new one; `again` when another actor or a cancel was faster. */
async function nextCommit({ commits }: ActivityDeps, dataset: DatasetRecord): Promise<CommitRecord | 'again' | null> {
  if (dataset.pending_commit) return commits.commit(dataset.pending_commit);
  const planned = await planCommit(commits, dataset.key);
  if (!planned) return null;
  return (await commits.intend(dataset, planned.plan, planned.queued)) ?? 'again';
}

/**
 * Lingers for more work. The last look comes after the lease is given up: a writer either sees it gone and wakes the
 * actor, or was early enough to be seen.
 */
async function moreComes({ commits }: ActivityDeps, key: number, lease: Lease, progress: Progress): Promise<boolean> {
  const until = Date.now() + LINGER_MS;
  while (Date.now() < until) {
    if ((await commits.waiting(key, 1)).length > 0) return true;
    progress.throwIfStopped();
    await lease.renew();
    await sleep(LOOK_MS);
  }
  await lease.release();
  return (await commits.waiting(key, 1)).length > 0;
}

/** Says in the store that an actor is at work on a dataset. */
class Lease {
  private renewAt = 0;

  constructor(
    private readonly deps: ActivityDeps,
    private readonly key: number,
  ) {}

  async renew(): Promise<void> {
    if (Date.now() < this.renewAt) return;
    this.renewAt = Date.now() + LEASE_MS / 3;
    await this.deps.commits.lease(this.key, new Date(Date.now() + LEASE_MS));
  }

  async release(): Promise<void> {
    if (this.renewAt === 0) return;
    this.renewAt = 0;
    await this.deps.commits.lease(this.key, null);
  }
}
