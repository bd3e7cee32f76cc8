import { continueAsNew, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { DatasetRef } from '../temporal/hints';
import { drainDataset } from './activity-options';
import { workSignal } from './messages';

/** Well below the server's own suggestion of 4,096 events. */
const EVENTS = 1_000;

/** The actor of one dataset: orders its commits. Started by the first work that waits, ends when nothing is left. */
export async function dataset(ref: DatasetRef): Promise<void> {
  let work = true;
  setHandler(workSignal, () => {
    work = true;
  });
  while (work) {
    work = false;
    setCurrentDetails(`Committing what waits in ${ref.project}/${ref.dataset}`);
    const { published, head, more } = await drainDataset(ref);
    setCurrentDetails(`Head is version ${head}; ${published} versions published by the last drain`);
    work ||= more;
    if (work && workflowInfo().historyLength > EVENTS) await continueAsNew<typeof dataset>(ref);
  }
}
