import type { DatasetSchema } from '../../domain/metadata-schema';
import { mergeSchemas } from '../../domain/metadata-schema';
import type { ChunkHeader, ChunkResult, CommitRecord, CommitStore } from '../../store/commit-store';
import { StoreError } from '../../store/errors';
import { CHUNK_ITEMS } from '../../store/staging';
import { decideChunks, type DecisionContext } from './decide-chunks';
import { findRejected } from './find-rejected';
import type { Progress } from './progress';
import type { Rejection } from './rejection';

/** Groups decided or written at the same time for one dataset; the process-wide bound is `Progress.slots`. */
const IN_FLIGHT = 3;
const HEADERS_AT_A_TIME = 12;

/** Applies a commit's waiting chunks, several at a time, and reports how far every one before has got. */
export async function writeChunks(
  commits: CommitStore,
  commit: CommitRecord,
  base: { classes: ReadonlySet<string>; schema: DatasetSchema },
  progress: Progress,
  beforeGroup: () => Promise<void> = async () => {},
): Promise<void> {
  const running: Promise<void>[] = [];
  let known = base.schema;
  try {
    for await (const group of chunkGroups(commits, commit, progress.resumeAfter(commit.commit_id))) {
      progress.throwIfStopped();
      await beforeGroup();
      const earlier = [...running];
      const schema = known;
      const schemaBefore = async (): Promise<DatasetSchema> => {
        await Promise.all(earlier);
        const before = mergeSchemas(base.schema, await commits.schemaBefore(commit, group[0]?.chunk_id ?? ''));
        known = mergeSchemas(known, before);
        return before;
      };
      const release = await progress.slot();
      const work = writeGroup({ commits, commit, classes: base.classes, schema, schemaBefore, rejected: new Map() }, group).finally(release);
      running.push(work);
      const settled = work.then(() => Promise.all(earlier)).then(() => progress.reached(commit, group.at(-1)?.chunk_id ?? '', items(group)));
      settled.catch(() => undefined);
      if (running.length >= IN_FLIGHT) await running[running.length - IN_FLIGHT];
    }
    await Promise.all(running);
  } catch (error) {
    await Promise.allSettled(running);
    throw error;
  }
}

/** Writes one group; when the store refuses it, finds the items that it refuses and writes the others. */
async function writeGroup(context: DecisionContext, group: ChunkHeader[]): Promise<void> {
  const { commits, commit } = context;
  const { results } = await decideChunks(context, group);
  try {
    await applyOrSplit(commits, commit, results);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const rejected: Map<string, Rejection> = await findRejected(commits, commit, results);
    if (rejected.size === 0) throw error;
    await writeGroup({ ...context, rejected: new Map([...context.rejected, ...rejected]) }, group);
  }
}

/** When another attempt has applied some of the chunks already, the rest are applied one by one. */
async function applyOrSplit(commits: CommitStore, commit: CommitRecord, results: ChunkResult[]): Promise<void> {
  if (await commits.apply(commit, results)) return;
  if (results.length > 1) for (const result of results) await commits.apply(commit, [result]);
}

const items = (group: ChunkHeader[]): number => group.reduce((sum, chunk) => sum + chunk.items, 0);

/** Waiting chunks in order, small ones together up to a full chunk's items. */
export async function* chunkGroups(commits: CommitStore, commit: CommitRecord, after: string | null): AsyncIterable<ChunkHeader[]> {
  let group: ChunkHeader[] = [];
  let cursor = after;
  for (;;) {
    const headers = await commits.chunks(commit, cursor, HEADERS_AT_A_TIME, 'waiting');
    for (const header of headers) {
      if (group.length > 0 && items(group) + header.items > CHUNK_ITEMS) {
        yield group;
        group = [];
      }
      group.push(header);
    }
    cursor = headers.at(-1)?.chunk_id ?? cursor;
    if (headers.length < HEADERS_AT_A_TIME) break;
  }
  if (group.length > 0) yield group;
}
