import type { DatasetSchema } from '../../domain/metadata-schema';
import type { ChunkHeader, ChunkResult, CommitRecord, CommitStore } from '../../store/commit-store';
import { StoreError } from '../../store/errors';
import { decideChunks, UnsettledSchema, type DecisionContext } from './decide-chunks';
import { findRejected } from './find-rejected';

/** A few chunks of a commit, to be decided and written together; plain data, so that a thread can take it. */
export interface GroupJob {
  commit: CommitRecord;
  group: ChunkHeader[];
  classes: readonly string[];
  /** What is fixed before the group's first item, as far as known. */
  schema: DatasetSchema;
  /** Every earlier item of the commit is decided, and `schema` has what they fixed. */
  settled: boolean;
}

/** `unsettled`: an item would fix a type, so every earlier item has to be decided first; nothing was written. */
export type GroupOutcome = 'written' | 'unsettled' | 'unavailable';

/** Who carries group jobs out: this process, or its threads. */
export interface GroupWriter {
  write(job: GroupJob): Promise<GroupOutcome>;
}

/** Writes groups on the calling thread. */
export function groupWriter(commits: CommitStore): GroupWriter {
  return {
    async write({ commit, group, classes, schema, settled }) {
      const context = { commits, commit, classes: new Set(classes), schema, settled, rejected: new Map() };
      try {
        await writeGroup(context, group);
        return 'written';
      } catch (error) {
        if (error instanceof UnsettledSchema) return 'unsettled';
        if (error instanceof StoreError && error.code === 'store_unavailable') return 'unavailable';
        throw error;
      }
    },
  };
}

/** Writes one group; when the store refuses it, finds the items that it refuses and writes the others. */
async function writeGroup(context: DecisionContext, group: ChunkHeader[]): Promise<void> {
  const { commits, commit } = context;
  const { results } = await decideChunks(context, group);
  if (results.length === 0) return;
  try {
    await applyOrSplit(commits, commit, results);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const rejected = await findRejected(commits, results);
    if (rejected.size === 0) throw error;
    await writeGroup({ ...context, rejected: new Map([...context.rejected, ...rejected]) }, group);
  }
}

/** When another attempt has applied some of the chunks already, the rest are applied one by one. */
async function applyOrSplit(commits: CommitStore, commit: CommitRecord, results: ChunkResult[]): Promise<void> {
  if (await commits.apply(commit, results)) return;
  if (results.length > 1) for (const result of results) await commits.apply(commit, [result]);
}
