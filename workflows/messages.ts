import { defineSignal } from '@temporalio/workflow';

/** Something may wait in the dataset's queue. A signal, since nobody waits for the answer and losing one is harmless. */
export const workSignal = defineSignal('work');

/** The upload was closed, cancelled or retried. */
export const changedSignal = defineSignal('changed');
