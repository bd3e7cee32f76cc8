import type { CommitRecord, CommitStore, Published } from '../../store/commit-store';
import type { DatasetRecord } from '../../store/records';
import { checkBatch, refuseBatch } from './check-batch';
import type { ActivityDeps } from '../deps';
import type { Progress } from './progress';
import { writeChunks } from './write-chunks';

type CommitDeps = Pick<ActivityDeps, 'commits' | 'groups'>;

/** The batch was cancelled while it was decided or written. */
class BatchCancelled extends Error {}

/** Brings an intended commit to its end, from wherever an earlier attempt left it. */
export async function runCommit(
  deps: CommitDeps,
  dataset: DatasetRecord,
  intended: CommitRecord,
  progress: Progress,
): Promise<Published> {
  switch (intended.kind) {
    case 'stream':
      return runStream(deps, dataset, intended, progress);
    case 'restore':
      return runRestore(deps, dataset, intended, progress);
    case 'batch':
      return runBatch(deps, dataset, intended, progress);
  }
}

async function runStream(
  deps: CommitDeps,
  dataset: DatasetRecord,
  commit: CommitRecord,
  progress: Progress,
): Promise<Published> {
  await writeChunks(
    deps,
    commit,
    { classes: await deps.commits.classes(dataset.project), schema: dataset.schema },
    progress,
  );
  return published(deps.commits, commit);
}

async function runRestore(
  deps: CommitDeps,
  dataset: DatasetRecord,
  intended: CommitRecord,
  progress: Progress,
): Promise<Published> {
  const commit = intended.decided ? intended : await deps.commits.planRestore(intended);
  if (!commit.refusal) await writeChunks(deps, commit, { classes: new Set(), schema: dataset.schema }, progress);
  return published(deps.commits, commit);
}

async function runBatch(
  deps: CommitDeps,
  dataset: DatasetRecord,
  intended: CommitRecord,
  progress: Progress,
): Promise<Published> {
  const classes = await deps.commits.classes(dataset.project);
  const upload_id = intended.parts[0]?.upload_id ?? '';
  const unlessCancelled = async (): Promise<void> => {
    if ((await deps.commits.upload(upload_id))?.cancelled) throw new BatchCancelled();
  };
  try {
    // An attempt that died while it undid the batch has left chunks that can be neither decided nor summed.
    if (!intended.refusal) await unlessCancelled();
    const commit = intended.decided
      ? intended
      : await checkBatch(deps.commits, intended, dataset, classes, progress, unlessCancelled);
    if (commit.refusal) await refuseBatch(deps.commits, commit, dataset, classes, progress);
    else
      await writeChunks(deps, commit, { classes, schema: commit.schema ?? dataset.schema }, progress, unlessCancelled);
    return await published(deps.commits, commit);
  } catch (error) {
    if (error instanceof BatchCancelled) return deps.commits.undo(intended);
    throw error;
  }
}

async function published(commits: CommitStore, commit: CommitRecord): Promise<Published> {
  const outcome = await commits.publish(commit);
  if (outcome === 'cancelled') throw new BatchCancelled();
  return outcome;
}
