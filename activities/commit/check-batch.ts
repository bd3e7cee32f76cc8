import { IdSet } from '../../domain/id-set';
import type { ItemFailure } from '../../domain/item';
import type { DatasetSchema } from '../../domain/metadata-schema';
import type { ChunkHeader, ChunkResult, CommitRecord, CommitStore } from '../../store/commit-store';
import type { DatasetRecord } from '../../store/records';
import { NO_REVISIONS } from './chunk-result';
import { decideChunks } from './decide-chunks';
import type { Progress } from './progress';
import type { ReadLine } from './read-chunk';

const HEADERS_AT_A_TIME = 8;

/**
 * Decides every item of a BATCH, in order and without a write; then seals what becomes of it: nothing is written unless
 * every item is good.
 */
export async function checkBatch(
  commits: CommitStore,
  commit: CommitRecord,
  dataset: DatasetRecord,
  classes: ReadonlySet<string>,
  progress: Progress,
  beforeGroup: () => Promise<void>,
): Promise<CommitRecord> {
  if (dataset.immutable)
    return commits.decide(commit, {
      refusal: { code: 'dataset_immutable', message: 'The dataset became immutable before the batch had its turn' },
    });
  let failed = 0;
  let schema = dataset.schema;
  for await (const decided of decideInOrder(commits, commit, classes, dataset.schema, progress)) {
    failed += decided.result.counts.failed;
    schema = decided.schema;
    await beforeGroup();
  }
  const bad = failed === 1 ? '1 item is bad' : `${failed} items are bad`;
  const message = `${bad}, so none of the batch was applied; see the upload's errors`;
  return commits.decide(commit, failed > 0 ? { refusal: { code: 'batch_refused', message } } : { schema });
}

/** Writes down, item by item, why a refused BATCH was refused: FAILED items, and NOT_APPLIED good ones. */
export async function refuseBatch(
  commits: CommitStore,
  commit: CommitRecord,
  dataset: DatasetRecord,
  classes: ReadonlySet<string>,
  progress: Progress,
): Promise<void> {
  for await (const { result, waiting } of decideInOrder(commits, commit, classes, dataset.schema, progress))
    if (waiting) await commits.apply(commit, [withoutWrites(result)]);
}

async function* decideInOrder(
  commits: CommitStore,
  commit: CommitRecord,
  classes: ReadonlySet<string>,
  base: DatasetSchema,
  progress: Progress,
): AsyncIterable<{ result: ChunkResult; schema: DatasetSchema; waiting: boolean }> {
  const seen = new Duplicates(commits, commit);
  let schema = base;
  let cursor: string | null = null;
  for (;;) {
    const headers: ChunkHeader[] = await commits.chunks(commit, cursor, HEADERS_AT_A_TIME, 'all');
    for (const chunk of headers) {
      progress.throwIfStopped();
      const duplicates = await seen.in(chunk);
      const release = await progress.slot();
      try {
        const refused = (_chunk: ChunkHeader, line: ReadLine): ItemFailure | undefined =>
          line.frame_id !== null && duplicates.has(line.frame_id) ? duplicateFailure(line.frame_id) : undefined;
        const context = { commits, commit, classes, schema, settled: true, refused, rejected: new Map() };
        const decided = await decideChunks(context, [chunk]);
        schema = decided.schema;
        for (const result of decided.results) yield { result, schema, waiting: chunk.state === 'WAITING' };
      } finally {
        release();
      }
    }
    cursor = headers.at(-1)?.chunk_id ?? cursor;
    if (headers.length < HEADERS_AT_A_TIME) return;
  }
}

/**
 * Finds ids that an earlier chunk of the batch names too. The set compares hashes, so its first word is checked against
 * the chunks; from then on the batch is refused anyway, and each further check would read all of it.
 */
class Duplicates {
  private readonly seen = new IdSet();
  private certain = false;

  constructor(
    private readonly commits: CommitStore,
    private readonly commit: CommitRecord,
  ) {}

  async in(chunk: ChunkHeader): Promise<Set<string>> {
    const duplicates = new Set<string>();
    for (const id of chunk.frame_ids) {
      if (id === null || !this.seen.add(id)) continue;
      this.certain ||= await this.commits.namedBefore(this.commit, chunk.chunk_id, id);
      if (this.certain) duplicates.add(id);
    }
    return duplicates;
  }
}

function duplicateFailure(frame_id: string): ItemFailure {
  return {
    code: 'duplicate_frame_id',
    message: `An earlier item of this batch names the frame ${JSON.stringify(frame_id)}; a batch may name each frame once`,
    path: 'frame_id',
  };
}

function withoutWrites(result: ChunkResult): ChunkResult {
  const { failed } = result.counts;
  const counts = Object.fromEntries(
    Object.keys(result.counts).map((field) => [field, 0]),
  ) as unknown as ChunkResult['counts'];
  return {
    ...result,
    outcomes: result.outcomes.replace(/[AU]/g, 'N'),
    counts: { ...counts, failed, not_applied: result.outcomes.length - failed },
    hash_delta: '0'.repeat(64),
    schema: undefined,
    closes: [],
    revisions: NO_REVISIONS,
    vectors: [],
  };
}
