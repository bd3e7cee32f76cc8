import type { HashSum } from '../../domain/content-hash';
import { EMPTY_HASH } from '../../domain/content-hash';
import type { FrameVectors } from '../../domain/frame';
import type { ItemFailure } from '../../domain/item';
import type { KnownRevision } from '../../domain/decide';
import type { Decision } from '../../domain/revision';
import type {
  ChunkHeader,
  ChunkResult,
  CurrentHead,
  OutcomeLetter,
  PackedRevisions,
  RevisionPacker,
} from '../../store/commit-store';
import type { ReadLine } from './read-chunk';

const OP_LETTERS = { put: 'p', patch: 'm', delete: 'd' } as const;

export const NO_REVISIONS: PackedRevisions = { frame_ids: [], ends: [], bytes: new Uint8Array(0) };

export function newResult(chunk: ChunkHeader): ChunkResult {
  return {
    chunk,
    outcomes: '',
    ops: '',
    errors: [],
    failed_lines: [],
    counts: {
      applied: 0,
      unchanged: 0,
      failed: 0,
      not_applied: 0,
      frames: 0,
      labels: 0,
      added: 0,
      updated: 0,
      deleted: 0,
      frames_delta: 0,
      labels_delta: 0,
    },
    hash_delta: EMPTY_HASH,
    closes: [],
    revisions: NO_REVISIONS,
    vectors: [],
  };
}

function note(result: ChunkResult, line: ReadLine, outcome: OutcomeLetter): void {
  result.outcomes += outcome;
  const op = line.repeated ? 'put' : (line.item?.op ?? line.op);
  result.ops += op ? OP_LETTERS[op] : result.chunk.targets ? 'r' : '-';
}

export function recordFailure(
  result: ChunkResult,
  chunk: ChunkHeader,
  line: ReadLine,
  failure: ItemFailure,
  attempts: number,
): void {
  note(result, line, 'F');
  result.counts.failed++;
  result.errors.push({
    item: chunk.item_numbers?.[line.at] ?? chunk.first_item + line.at,
    line: chunk.lines[line.at] ?? null,
    frame_id: line.frame_id,
    label_id: failure.label_id,
    code: failure.code,
    message: failure.message,
    path: failure.path,
    attempts,
    window: chunk.window,
  });
  const kept = !chunk.broken.some(({ at }) => at === line.at);
  if (kept) result.failed_lines.push({ at: line.at, line: Buffer.from(line.bytes).toString('utf8') });
}

export interface Decided {
  line: ReadLine;
  head: CurrentHead | undefined;
  /** The current revision, with its content where it is live and changes. */
  current: KnownRevision | null;
  decision: Exclude<Decision, { kind: 'failed' }>;
  /** Labels inside the item. */
  labels: number;
  sum: HashSum;
  vectors?: FrameVectors;
  vectors_from?: number;
}

/** Adds what one decided item does to the chunk's counts, hash and writes. */
export function recordDecision(
  result: ChunkResult,
  revisions: RevisionPacker,
  { line, head, current, decision, labels, sum, vectors, vectors_from }: Decided,
): void {
  if (decision.kind === 'unchanged' || line.frame_id === null) {
    note(result, line, 'U');
    result.counts.unchanged++;
    return;
  }
  note(result, line, 'A');
  const { counts } = result;
  const live = head !== undefined && !head.deleted;
  counts.applied++;
  counts.frames++;
  counts.labels += labels;
  if (head) result.closes.push(head.id);
  if (live) {
    sum.subtract(head.hash);
    counts.labels_delta -= current?.content?.labels?.length ?? 0;
  }
  const { frame_id } = line;
  const prev = head?.from ?? 0;
  if (decision.kind === 'delete') {
    counts.deleted++;
    counts.frames_delta--;
    revisions.add({ frame_id, prev, deleted: true, hash: EMPTY_HASH, content: {} });
    return;
  }
  if (live) counts.updated++;
  else {
    counts.added++;
    counts.frames_delta++;
  }
  counts.labels_delta += decision.content.labels?.length ?? 0;
  sum.add(decision.hash);
  revisions.add({
    frame_id,
    prev,
    deleted: false,
    hash: decision.hash,
    content: decision.content,
    vectors_from,
    line_digest: repeatable(line) ? line.digest : undefined,
  });
  if (vectors) result.vectors.push({ frame_id, vectors });
}

/** A line with a precondition cannot be repeated: the revision that it named is no longer the current one. */
function repeatable({ item }: ReadLine): boolean {
  return item?.op === 'put' && item.if_version === undefined;
}
