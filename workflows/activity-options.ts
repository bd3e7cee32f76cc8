import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';

/**
 * A drain runs for two minutes at most; ten seconds without a heartbeat mean a dead worker. It is tried until the store
 * is back: what waits has been acknowledged and must commit.
 */
export const { drainDataset } = proxyActivities<Pick<Activities, 'drainDataset'>>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
});

/** One short read or write each. */
export const { readUpload, cancelUpload, markProjectDatasets, forgetProject } = proxyActivities<
  Pick<Activities, 'readUpload' | 'cancelUpload' | 'markProjectDatasets' | 'forgetProject'>
>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

/** Heartbeats after every few thousand documents; a large dataset takes hours. */
export const { deleteDatasetDocuments } = proxyActivities<Pick<Activities, 'deleteDatasetDocuments'>>({
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});
