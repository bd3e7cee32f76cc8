import { mergeSchemas, type DatasetSchema } from '../../domain/metadata-schema';
import type { ChunkHeader, CommitRecord, CommitStore } from '../../store/commit-store';
import { StoreError } from '../../store/errors';
import { CHUNK_BYTES, CHUNK_ITEMS } from '../../store/staging';
import type { ActivityDeps } from '../deps';
import type { Progress } from './progress';

/** Groups of one dataset under way at a time; the process-wide bound is `Progress.slot`. */
const IN_FLIGHT = 4;
const HEADERS_AT_A_TIME = 24;

/** Applies a commit's waiting chunks, several at a time, and reports how far every one before has got. */
export async function writeChunks(
  { commits, groups }: Pick<ActivityDeps, 'commits' | 'groups'>,
  commit: CommitRecord,
  base: { classes: ReadonlySet<string>; schema: DatasetSchema },
  progress: Progress,
  beforeGroup: () => Promise<void> = async () => {},
): Promise<void> {
  const classes = [...base.classes];
  const running: Promise<void>[] = [];
  let earlier: Promise<unknown> = Promise.resolve();
  let known = base.schema;
  try {
    for await (const group of chunkGroups(commits, commit, progress.resumeAfter(commit.commit_id))) {
      progress.throwIfStopped();
      await beforeGroup();
      const release = await progress.slot();
      const work = write(group, known, earlier).finally(release);
      earlier = Promise.all([earlier, work]).then(() =>
        progress.reached(commit, group.at(-1)?.chunk_id ?? '', items(group)),
      );
      // Whoever waits for it sees the rejection; nobody may.
      earlier.catch(() => undefined);
      running.push(work);
      if (running.length >= IN_FLIGHT) await running.shift();
    }
    await Promise.all(running);
  } catch (error) {
    await Promise.allSettled(running);
    throw error;
  }

  async function write(group: ChunkHeader[], schema: DatasetSchema, before: Promise<unknown>): Promise<void> {
    let outcome = await groups.write({ commit, group, classes, schema, settled: false });
    if (outcome === 'unsettled') {
      await before;
      const settled = mergeSchemas(base.schema, await commits.schemaBefore(commit, group[0]?.chunk_id ?? ''));
      known = mergeSchemas(known, settled);
      outcome = await groups.write({ commit, group, classes, schema: settled, settled: true });
    }
    if (outcome !== 'written')
      throw new StoreError('store_unavailable', 'The database did not answer while a chunk was written');
  }
}

const items = (group: ChunkHeader[]): number => group.reduce((sum, chunk) => sum + chunk.items, 0);

/** A group is held in memory as a whole, so it is no larger than a chunk may be. */
function fits(group: ChunkHeader[], next: ChunkHeader): boolean {
  const bytes = group.reduce((sum, chunk) => sum + chunk.bytes, next.bytes);
  return items(group) + next.items <= CHUNK_ITEMS && bytes <= CHUNK_BYTES;
}

/** Waiting chunks in order, small ones together up to the size of a full chunk. */
export async function* chunkGroups(
  commits: CommitStore,
  commit: CommitRecord,
  after: string | null,
): AsyncIterable<ChunkHeader[]> {
  let group: ChunkHeader[] = [];
  let cursor = after;
  for (;;) {
    const headers = await commits.chunks(commit, cursor, HEADERS_AT_A_TIME, 'waiting');
    for (const header of headers) {
      if (group.length > 0 && !fits(group, header)) {
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
