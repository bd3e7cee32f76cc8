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

/** Heartbeats while it reads; files of many gigabytes take hours. Tried until the store is back. */
export const { stageFiles } = proxyActivities<Pick<Activities, 'stageFiles'>>({
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '10 seconds' },
});

/** One short read or write each. */
export const { readUpload, cancelUpload, markProjectDatasets } = proxyActivities<
  Pick<Activities, 'readUpload' | 'cancelUpload' | 'markProjectDatasets'>
>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

/** Heartbeats after every few thousand documents, or some objects; a large dataset takes hours. */
export const { deleteDatasetDocuments, forgetProject } = proxyActivities<
  Pick<Activities, 'deleteDatasetDocuments' | 'forgetProject'>
>({
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});
