import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { Logger } from 'pino';
import { changedSignal, workSignal } from '../workflows/messages';
import { DATASET, FAILED, KIND, PROJECT } from '../workflows/search-attributes';
import type { DatasetRef, Hints, UploadRef } from './hints';
import { datasetWorkflowId, deleteDatasetWorkflowId, deleteProjectWorkflowId, uploadWorkflowId } from './workflow-ids';

export interface HintDeps {
  client: Client;
  taskQueue: string;
  logger: Logger;
  /** Whether an actor holds the dataset's lease, so that it needs no waking. */
  leased: (dataset: DatasetRef) => Promise<boolean>;
  /** Whether the search attributes are registered. */
  searchable: () => Promise<boolean>;
}

const UPLOAD_WORKFLOWS = {
  STREAMING: 'streamingUpload',
  BATCH: 'batchUpload',
  ROLLBACK: 'rollback',
  REVERT: 'revert',
} as const;

/** A hint that takes longer is lost: while it is under way it holds back the next one of its kind. */
const CALL_MS = 10_000;

const START = {
  workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
  workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
} as const;

/** Hints over a Temporal client. Hints of the same kind for the same thing are joined while one is under way. */
export function temporalHints({ client, taskQueue, logger, leased, searchable }: HintDeps): Hints {
  const { workflow } = client;
  const underWay = new Map<string, { again: boolean }>();

  const hint = (id: string, send: () => Promise<unknown>): void => {
    const standing = underWay.get(id);
    if (standing) {
      standing.again = true;
      return;
    }
    const state = { again: false };
    underWay.set(id, state);
    void client
      .withDeadline(Date.now() + CALL_MS, send)
      .catch((error: unknown) =>
        logger.warn({ workflow_id: id, err: error }, 'A hint was lost; the sweep will find the work'),
      )
      .finally(() => {
        underWay.delete(id);
        if (state.again) hint(id, send);
      });
  };

  const attributes = async (
    ref: DatasetRef,
    kind: string,
  ): Promise<{ typedSearchAttributes?: TypedSearchAttributes }> =>
    (await searchable())
      ? {
          typedSearchAttributes: new TypedSearchAttributes([
            { key: PROJECT, value: ref.project },
            { key: DATASET, value: ref.dataset },
            { key: KIND, value: kind },
            { key: FAILED, value: 0 },
          ]),
        }
      : {};

  return {
    datasetHasWork(ref) {
      const workflowId = datasetWorkflowId(ref);
      hint(workflowId, async () => {
        if (await leased(ref)) return;
        await workflow.signalWithStart('dataset', {
          ...START,
          taskQueue,
          workflowId,
          args: [ref],
          signal: workSignal,
          staticSummary: `Commits of ${ref.project}/${ref.dataset}`,
          ...(await attributes(ref, 'DATASET')),
        });
      });
    },

    uploadChanged(ref, wake = true) {
      const type = workflowOf(ref);
      if (!type) return;
      const workflowId = uploadWorkflowId(ref);
      hint(wake ? workflowId : `start ${workflowId}`, async () => {
        const options = {
          ...START,
          taskQueue,
          workflowId,
          args: [ref],
          staticSummary: `${ref.kind} upload into ${ref.project}/${ref.dataset}`,
          ...(await attributes(ref, ref.kind)),
        };
        await (wake
          ? workflow.signalWithStart(type, { ...options, signal: changedSignal })
          : workflow.start(type, options));
      });
    },

    datasetDeleted(ref) {
      const workflowId = deleteDatasetWorkflowId(ref);
      hint(workflowId, async () =>
        workflow.start('deleteDataset', {
          ...START,
          taskQueue,
          workflowId,
          args: [ref],
          ...(await attributes(ref, 'DELETE')),
        }),
      );
    },

    projectDeleted(project) {
      const workflowId = deleteProjectWorkflowId(project);
      hint(workflowId, () => workflow.start('deleteProject', { ...START, taskQueue, workflowId, args: [{ project }] }));
    },
  };
}

/** DIRECT uploads are carried by the dataset's actor alone; clones come with their own workflow. */
function workflowOf({ kind }: UploadRef): string | undefined {
  return kind === 'DIRECT' || kind === 'CLONE' ? undefined : UPLOAD_WORKFLOWS[kind];
}
