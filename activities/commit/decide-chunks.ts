import { frameHash, rememberHashes, EMPTY_HASH, HashSum } from '../../domain/content-hash';
import { decide, decideRestore, needsContent, type HashFrame, type KnownRevision } from '../../domain/decide';
import type { FrameContent, FrameVectors, StoredLabel } from '../../domain/frame';
import type { Item, ItemFailure } from '../../domain/item';
import {
  applyFixes,
  checkSchema,
  hasFixes,
  mergeSchemas,
  type DatasetSchema,
  type SchemaFixes,
} from '../../domain/metadata-schema';
import type { Decision } from '../../domain/revision';
import type { ChunkHeader, ChunkResult, CommitRecord, CommitStore, CurrentHead } from '../../store/commit-store';
import { labelsNamed } from './labels-named';
import { oversize } from './document-size';
import { newResult, recordDecision, recordFailure } from './chunk-result';
import { readChunk, sha256, type ReadLine } from './read-chunk';
import { rejectionKey, type Rejection } from './rejection';

/** Where decisions of one commit stand: classes, and the schema before a group of chunks. */
export interface DecisionContext {
  commits: CommitStore;
  commit: CommitRecord;
  classes: ReadonlySet<string>;
  /** What is fixed before the first item of the group, as far as known without waiting. */
  schema: DatasetSchema;
  /** Every earlier item of the commit is decided, and `schema` has what they fixed. */
  settled: boolean;
  /** Items that are refused without a look, by position: duplicates of a batch. */
  refused?: (chunk: ChunkHeader, line: ReadLine) => ItemFailure | undefined;
  /** Failures that the store caused when it was given the item's revision, by chunk and position. */
  rejected: ReadonlyMap<string, Rejection>;
}

/**
 * Items that are read, decided and packed before the next are read: few, so that they die in the nursery. Where there
 * are current revisions, whose contents one query loads for a run, enough to be worth a query.
 */
const RUN_OF_NEW = 20;
const RUN_OF_KNOWN = 125;

/**
 * Decides every item of a few chunks, in order, against the current revisions; chunks that another attempt has applied
 * meanwhile are left out. Writes nothing. Throws `UnsettledSchema` when the schema must be settled first.
 */
export async function decideChunks(
  context: DecisionContext,
  given: ChunkHeader[],
): Promise<{ results: ChunkResult[]; schema: DatasetSchema }> {
  const { commits, commit, classes } = context;
  const [bodies, heads] = await Promise.all([
    commits.bodies(given.flatMap((chunk) => (chunk.targets ? [] : chunk.chunk_id))),
    commits.currentHeads(
      commit.key,
      given.flatMap((chunk) => chunk.frame_ids.filter((id) => id !== null)),
    ),
  ]);
  const run = heads.size > 0 ? RUN_OF_KNOWN : RUN_OF_NEW;
  let { schema } = context;
  const results: ChunkResult[] = [];
  for (const chunk of given) {
    const body = bodies.get(chunk.chunk_id);
    if (!chunk.targets && !body) continue;
    const runs = body ? readChunk(chunk, body, classes, heads, run) : restoreLines(chunk, run);
    const decided = await decideChunk({ ...context, schema }, chunk, runs, heads);
    schema = decided.schema;
    results.push(decided.result);
  }
  return { results, schema };
}

async function decideChunk(
  context: DecisionContext,
  chunk: ChunkHeader,
  runs: Iterable<ReadLine[]>,
  heads: ReadonlyMap<string, CurrentHead>,
): Promise<{ result: ChunkResult; schema: DatasetSchema }> {
  const { commits, commit } = context;
  const result = newResult(chunk);
  const revisions = commits.packer(commit, chunk.upload_id, chunk.bytes);
  const sum = new HashSum(EMPTY_HASH);
  let { schema } = context;
  let fixed: DatasetSchema | undefined;
  for (const lines of runs) {
    const hashFrame = rememberHashes((frame_id, content) => frameHash(frame_id, content, sha256));
    const full = await loadContents(context, chunk, lines, heads, hashFrame);
    const targets = chunk.targets ? await loadTargets(context, chunk, lines) : NO_TARGETS;
    for (const line of lines) {
      const head = line.frame_id === null ? undefined : heads.get(line.frame_id);
      const current = (line.frame_id === null ? undefined : full.get(line.frame_id)) ?? head ?? null;
      const decided = decideLine(context, chunk, line, current, targets, schema, hashFrame);
      if (decided.decision.kind === 'failed') {
        recordFailure(result, chunk, line, decided.decision.failure, decided.attempts);
        continue;
      }
      if (decided.fixes && hasFixes(decided.fixes)) {
        if (!context.settled) throw new UnsettledSchema();
        schema = applyFixes(schema, decided.fixes);
        fixed = fixed ? mergeSchemas(fixed, decided.fixes) : decided.fixes;
      }
      const holder = targets.get(line.frame_id ?? '') ?? current;
      const { vectors, vectors_from }: VectorsToWrite = hasVectors(decided.decision)
        ? await vectorsToWrite(context, line, decided.decision, holder)
        : NO_VECTORS;
      recordDecision(result, revisions, {
        line,
        head,
        current,
        decision: decided.decision,
        labels: labelsNamed(line.item, decided.decision, commit.version),
        sum,
        vectors,
        vectors_from,
      });
    }
  }
  result.revisions = revisions.packed();
  result.schema = fixed;
  result.hash_delta = sum.toString();
  return { result, schema };
}

function* restoreLines(chunk: ChunkHeader, run: number): Generator<ReadLine[], void> {
  const lines = chunk.frame_ids.map((frame_id, at): ReadLine => ({ at, bytes: NO_BYTES, frame_id }));
  for (let from = 0; from < lines.length; from += run) yield lines.slice(from, from + run);
}

const NO_BYTES = new Uint8Array(0);

/** Loads current contents only where a decision looks into them. */
async function loadContents(
  { commits, commit }: DecisionContext,
  chunk: ChunkHeader,
  lines: ReadLine[],
  heads: ReadonlyMap<string, CurrentHead>,
  hashFrame: HashFrame,
): Promise<ReadonlyMap<string, KnownRevision>> {
  if (heads.size === 0) return NO_CONTENTS;
  const wanted: CurrentHead[] = [];
  for (const { frame_id, item } of lines) {
    const head = frame_id === null ? undefined : heads.get(frame_id);
    if (head && !head.deleted && (chunk.targets || (item && looksInside(item, head, hashFrame)))) wanted.push(head);
  }
  return wanted.length > 0 ? commits.currentRevisions(commit.key, wanted) : NO_CONTENTS;
}

const NO_CONTENTS: ReadonlyMap<string, KnownRevision> = new Map();

/** A delete does not look into the content, but its labels are counted. */
function looksInside(item: Item, head: CurrentHead, hashFrame: HashFrame): boolean {
  return item.op === 'delete' || needsContent(item, head, hashFrame);
}

type Targets = ReadonlyMap<string, KnownRevision & { content: FrameContent<StoredLabel> }>;

const NO_TARGETS: Targets = new Map();

async function loadTargets(
  { commits, commit }: DecisionContext,
  chunk: ChunkHeader,
  lines: ReadLine[],
): Promise<Targets> {
  const wanted = lines.flatMap(({ at, frame_id }) => {
    const from = chunk.targets?.[at] ?? 0;
    return from > 0 && frame_id !== null ? { frame_id, from } : [];
  });
  return wanted.length > 0 ? commits.revisionsFrom(commit.key, wanted) : NO_TARGETS;
}

/**
 * Where an item would fix a type, every earlier item of the commit has to be decided first: the lowest item number
 * decides.
 */
export class UnsettledSchema extends Error {}

function decideLine(
  context: DecisionContext,
  chunk: ChunkHeader,
  line: ReadLine,
  current: KnownRevision | null,
  targets: Targets,
  schema: DatasetSchema,
  hashFrame: HashFrame,
): { decision: Decision; fixes?: SchemaFixes; attempts: number } {
  const failed = (failure: ItemFailure, attempts = 1): { decision: Decision; attempts: number } => ({
    decision: { kind: 'failed', failure },
    attempts,
  });
  const rejected = context.rejected.get(rejectionKey(chunk.chunk_id, line.at));
  if (rejected) return failed(rejected.failure, rejected.attempts);
  if (chunk.targets)
    return {
      decision: decideRestore(targets.get(line.frame_id ?? '') ?? null, current, context.commit.version),
      attempts: 1,
    };
  const refusal = line.failure ?? context.refused?.(chunk, line);
  if (refusal) return failed(refusal);
  if (line.repeated) return { decision: { kind: 'unchanged' }, attempts: 1 };
  const item = line.item as Item;
  const checked = checkSchema(schema, item);
  if ('failure' in checked) return failed(checked.failure);
  const decision = decide(item, current, context.commit.version, hashFrame);
  if (decision.kind === 'write') {
    const failure = oversize(line, decision);
    if (failure) return failed(failure);
  }
  return { decision, fixes: checked.fixes, attempts: 1 };
}

interface VectorsToWrite {
  vectors?: FrameVectors;
  vectors_from?: number;
}

const NO_VECTORS: VectorsToWrite = {};

/** Whether the revision brings vectors, or refers to some. */
function hasVectors(decision: Decision): boolean {
  if (decision.kind !== 'write') return false;
  const { vectors, keeps_vectors } = decision;
  return keeps_vectors || vectors.frame !== undefined || vectors.labels.size > 0;
}

/**
 * A revision with vectors of its own writes them all in one document, those that it keeps included; one that only
 * keeps them points to the document there is.
 */
async function vectorsToWrite(
  { commits, commit }: DecisionContext,
  line: ReadLine,
  decision: Decision,
  holder: KnownRevision | null,
): Promise<VectorsToWrite> {
  if (decision.kind !== 'write' || line.frame_id === null) return {};
  const brings = decision.vectors.frame !== undefined || decision.vectors.labels.size > 0;
  if (!brings) return decision.keeps_vectors ? { vectors_from: holder?.vectors_from } : {};
  if (!decision.keeps_vectors || holder?.vectors_from === undefined)
    return { vectors: decision.vectors, vectors_from: commit.version };
  const stored = await commits.vectorsOf(commit.key, line.frame_id, holder.vectors_from);
  const merged: FrameVectors = { labels: new Map(decision.vectors.labels) };
  const frame = decision.vectors.frame ?? (decision.content.embedding ? stored?.frame : undefined);
  if (frame) merged.frame = frame;
  for (const label of decision.content.labels ?? []) {
    const kept = label.embedding && !merged.labels.has(label.label_id) ? stored?.labels.get(label.label_id) : undefined;
    if (kept) merged.labels.set(label.label_id, kept);
  }
  return { vectors: merged, vectors_from: commit.version };
}
