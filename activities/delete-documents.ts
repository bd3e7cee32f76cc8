import { Context } from '@temporalio/activity';
import type { DatasetRef } from '../temporal/hints';
import type { ActivityDeps } from './deps';

/** Removes a deleted dataset's documents, some at a time; safe to repeat. */
export async function deleteDatasetDocuments(
  { maintenance }: ActivityDeps,
  { key }: Pick<DatasetRef, 'key'>,
): Promise<void> {
  const context = Context.current();
  for (let steps = 1; !(await maintenance.deleteSome(key)); steps++) {
    context.heartbeat({ steps });
    context.cancellationSignal.throwIfAborted();
  }
}

/** Marks what a deleted project still has; the keys of its datasets. */
export async function markProjectDatasets(
  { maintenance }: ActivityDeps,
  { project }: { project: string },
): Promise<number[]> {
  return maintenance.markDatasets(project);
}

/** Removes what a project without datasets still has, some at a time, then itself; safe to repeat. */
export async function forgetProject({ maintenance }: ActivityDeps, { project }: { project: string }): Promise<void> {
  const context = Context.current();
  for (let steps = 1; !(await maintenance.forgetProject(project)); steps++) {
    context.heartbeat({ steps });
    context.cancellationSignal.throwIfAborted();
  }
}
