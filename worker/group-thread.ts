import { workerData } from 'node:worker_threads';
import { groupWriter, type GroupJob, type GroupOutcome, type GroupWriter } from '../activities/commit/write-group';
import { connectStore, isTransient } from '../store/mongo';
import { connectOnce } from './connect-once';
import type { GroupThreadData } from './group-threads';

const writer = connectOnce(connect);

/** A thread's side of `GroupThreads`: connects with the first group, then writes the groups it is given. */
export default async function writeGroup(job: GroupJob): Promise<GroupOutcome> {
  try {
    return await (await writer()).write(job);
  } catch (error) {
    if (isTransient(error)) return 'unavailable';
    throw error;
  }
}

async function connect(): Promise<GroupWriter> {
  const { uri, database } = workerData as GroupThreadData;
  // The worker itself has made the collections and indexes by now.
  const store = await connectStore(uri, { database, prepared: true });
  return groupWriter(store.commits);
}
