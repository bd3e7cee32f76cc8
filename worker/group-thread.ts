import { workerData } from 'node:worker_threads';
import { groupWriter, type GroupJob, type GroupOutcome, type GroupWriter } from '../activities/commit/write-group';
import { connectStore } from '../store/mongo';
import type { GroupThreadData } from './group-threads';

let writer: Promise<GroupWriter> | undefined;

/** A thread's side of `GroupThreads`: connects once, then writes the groups it is given. */
export default async function writeGroup(job: GroupJob): Promise<GroupOutcome> {
  writer ??= connect();
  return (await writer).write(job);
}

async function connect(): Promise<GroupWriter> {
  const { uri, database } = workerData as GroupThreadData;
  const store = await connectStore(uri, { database });
  return groupWriter(store.commits);
}
