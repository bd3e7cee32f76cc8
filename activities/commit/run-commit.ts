import type { CommitRecord, CommitStore, Published } from '../../store/commit-store';
import type { DatasetRecord } from '../../store/records';
import { checkBatch, refuseBatch } from './check-batch';
import type { Progress } from './progress';
import { writeChunks } from './write-chunks';

/** The batch was cancelled while it was decided or written. */
class BatchCancelled extends Error {}

/** Brings an intended commit to its end, from wherever an earlier attempt left it. */
export async function runCommit(commits: CommitStore, dataset: DatasetRecord, intended: CommitRecord, progress: Progress): Promise<Published> {
  switch (intended.kind) {
    case 'stream':
      return runStream(commits, dataset, intended, progress);
    case 'restore':
      return runRestore(commits, dataset, intended, progress);
    case 'batch':
      return runBatch(commits, dataset, intended, progress);
  }
}

async function runStream(commits: CommitStore, dataset: DatasetRecord, commit: CommitRecord, progress: Progress): Promise<Published> {
  await writeChunks(commits, commit, { classes: await commits.classes(dataset.project), schema: dataset.schema }, progress);
  return published(commits, commit);
}

async function runRestore(commits: CommitStore, dataset: DatasetRecord, intended: CommitRecord, progress: Progress): Promise<Published> {
  const commit = intended.decided ? intended : await commits.planRestore(intended);
  if (!commit.refusal) await writeChunks(commits, commit, { classes: new Set(), schema: dataset.schema }, progress);
  return published(commits, commit);
}

async function runBatch(commits: CommitStore, dataset: DatasetRecord, intended: CommitRecord, progress: Progress): Promise<Published> {
  const classes = await commits.classes(dataset.project);
  const upload_id = intended.parts[0]?.upload_id ?? '';
  const unlessCancelled = async (): Promise<void> => {
    if ((await commits.upload(upload_id))?.cancelled) throw new BatchCancelled();
  };
  try {
    const commit = intended.decided ? intended : await checkBatch(commits, intended, dataset, classes, progress, unlessCancelled);
    if (commit.refusal) await refuseBatch(commits, commit, dataset, classes, progress);
    else await writeChunks(commits, commit, { classes, schema: commit.schema ?? dataset.schema }, progress, unlessCancelled);
    return await published(commits, commit);
  } catch (error) {
    if (error instanceof BatchCancelled) return commits.undo(intended);
    throw error;
  }
}

async function published(commits: CommitStore, commit: CommitRecord): Promise<Published> {
  const outcome = await commits.publish(commit);
  if (outcome === 'cancelled') throw new BatchCancelled();
  return outcome;
}
