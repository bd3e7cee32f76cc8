import type { CurrentRevision } from '../domain/revision';
import type { FrameContent, FrameVectors, StoredLabel } from '../domain/frame';
import type { ItemFailure } from '../domain/item';
import type { UploadError } from '../domain/upload';
import type { DatasetSchema } from '../domain/metadata-schema';
import type { DatasetKey, DatasetRecord, ItemError, UploadKind } from './records';

/** What waits in a dataset's queue, in the order of its tickets. */
export type Queued =
  /** Items of a STREAMING or DIRECT upload; chunks before `next_chunk` were taken already. */
  | {
      kind: 'items';
      submission_id: string;
      upload_id: string;
      next_chunk: number;
      chunks: number;
      direct: boolean;
      packed: boolean;
    }
  /** A closed BATCH upload, or a ROLLBACK or REVERT to be planned. */
  | { kind: 'batch' | 'restore'; submission_id: string; upload_id: string };

/** A run of a submission's chunks inside one commit. */
export interface CommitPart {
  submission_id: string;
  upload_id: string;
  from_chunk: number;
  /** Exclusive. */
  to_chunk: number;
  items: number;
}

export type CommitKind = 'stream' | 'batch' | 'restore';

export interface CommitPlan {
  kind: CommitKind;
  parts: CommitPart[];
  /** Single-frame writes alone: the next version waits for company. */
  direct?: boolean;
}

export interface CommitRecord extends CommitPlan {
  commit_id: string;
  key: DatasetKey;
  /** head + 1 when it was intended. */
  version: number;
  state: 'PENDING' | 'PUBLISHED' | 'EMPTY' | 'ABORTED';
  /** Why a batch writes nothing: decided before its first write. */
  refusal?: UploadError;
  /** A batch or restore may write once this is set. */
  decided: boolean;
  /** The schema that the decisions of a batch led to. */
  schema?: DatasetSchema;
  windows: { upload_id: string; window: number }[];
  created_by: Record<string, string>;
}

/** `limit` chunks of a submission from one on. */
export interface ChunkRun {
  submission_id: string;
  from: number;
  limit: number;
}

/** What planning needs to know of a chunk. */
export interface ChunkIds {
  index: number;
  items: number;
  frame_ids: (string | null)[];
}

export interface ChunkHeader extends ChunkIds {
  chunk_id: string;
  submission_id: string;
  upload_id: string;
  /** Of its lines. */
  bytes: number;
  state: 'WAITING' | 'DONE' | 'ABORTED';
  lines: number[];
  broken: { at: number; failure: ItemFailure }[];
  /** The number of the window that the chunk commits with. */
  window: number;
  /** The chunk's first item number in its upload. */
  first_item: number;
  /** Item numbers where they are not consecutive: of retried items. */
  item_numbers?: number[];
  /** Of a restore: the revision to bring back, 0 to delete, by position. */
  targets?: number[];
  /** What a DONE chunk's items fixed. */
  schema?: DatasetSchema;
}

/** A current revision as far as decisions need it before its content is loaded. */
export interface CurrentHead {
  id: string;
  frame_id: string;
  from: number;
  deleted: boolean;
  hash: string;
  /** Digest of the put that wrote it, as it was submitted; see `lineDigest`. */
  line_digest?: string;
}

/** A revision about to be written. */
export interface NewRevision {
  frame_id: string;
  prev: number;
  deleted: boolean;
  hash: string;
  content: FrameContent<StoredLabel>;
  vectors_from?: number;
  line_digest?: string;
}

/** Revisions as the store writes them: their bytes one behind the other, in a format of the store's own. */
export interface PackedRevisions {
  frame_ids: readonly string[];
  /** Where the bytes of each one end. */
  ends: readonly number[];
  bytes: Uint8Array;
}

/** Packs revisions one by one. */
export interface RevisionPacker {
  add(revision: NewRevision): void;
  packed(): PackedRevisions;
}

export interface ChunkCounts {
  applied: number;
  unchanged: number;
  failed: number;
  not_applied: number;
  /** Frames and labels inside applied items. */
  frames: number;
  labels: number;
  added: number;
  updated: number;
  deleted: number;
  /** What the chunk changes in the dataset's totals. */
  frames_delta: number;
  labels_delta: number;
}

/** One letter an item: A applied, U unchanged, F failed, N not applied. */
export type OutcomeLetter = 'A' | 'U' | 'F' | 'N';

/** All that applying one chunk writes. */
export interface ChunkResult {
  chunk: ChunkHeader;
  /** One letter an item, in order. */
  outcomes: string;
  /** p, m, d, r (put, patch, delete, restore) or `-` where the line could not be read. */
  ops: string;
  errors: ItemError[];
  /** Lines of the FAILED items, kept for retry, by position. */
  failed_lines: { at: number; line: string }[];
  counts: ChunkCounts;
  hash_delta: string;
  /** Ids of the revisions that end here. */
  closes: string[];
  revisions: PackedRevisions;
  vectors: { frame_id: string; vectors: FrameVectors }[];
  /** Field types and embedding sources that these items fixed. */
  schema?: DatasetSchema;
}

export interface Published {
  state: 'PUBLISHED' | 'EMPTY' | 'ABORTED';
  version: number;
  /** Uploads that had windows in it and have ended with it. */
  ended: string[];
}

/** What the commit activities need: the queue, and the steps intend, decide, apply, publish of one commit. */
export interface CommitStore {
  dataset(key: DatasetKey): Promise<DatasetRecord | null>;
  classes(project: string): Promise<ReadonlySet<string>>;
  /** See `InferenceSetStore.pin`. */
  pin(key: DatasetKey): Promise<number | null>;
  /** At most `limit` entries, oldest ticket first. */
  waiting(key: DatasetKey, limit: number): Promise<Queued[]>;
  /** Moves packed single-frame writes to where chunks lie, oldest first, a few megabytes at a time. */
  unpack(key: DatasetKey): Promise<void>;
  /** The datasets in which anything waits or a commit stands unfinished, for the sweep. */
  datasetsWithWork(): Promise<DatasetKey[]>;
  /** The ids of chunks of a few submissions, each submission's in order. */
  chunkIds(runs: ChunkRun[]): Promise<Map<string, ChunkIds[]>>;
  /** The submissions of a closed BATCH upload, as parts. */
  batchParts(upload_id: string): Promise<CommitPart[]>;
  upload(upload_id: string): Promise<CommitUpload | null>;
  /**
   * Takes version head + 1 for a new commit, by compare-and-set on head and on there being no pending commit; null when
   * the race was lost or the queue changed meanwhile.
   */
  intend(dataset: DatasetRecord, plan: CommitPlan, queued: string[]): Promise<CommitRecord | null>;
  commit(commit_id: string): Promise<CommitRecord>;
  /** A commit's chunks in order, after a cursor; those that are DONE only when asked for. */
  chunks(commit: CommitRecord, after: string | null, limit: number, which: 'waiting' | 'all'): Promise<ChunkHeader[]>;
  /** Whether an earlier chunk of a BATCH upload names a frame. */
  namedBefore(commit: CommitRecord, chunk_id: string, frame_id: string): Promise<boolean>;
  /** The lines of chunks, by chunk id; those are left out that another attempt has applied meanwhile. */
  bodies(chunk_ids: string[]): Promise<Map<string, Uint8Array>>;
  currentHeads(key: DatasetKey, frame_ids: string[]): Promise<Map<string, CurrentHead>>;
  /** Full revisions by the ids of heads. */
  currentRevisions(key: DatasetKey, heads: CurrentHead[]): Promise<Map<string, CurrentRevision>>;
  /** The revisions that a restore brings back, by the version that wrote each. */
  revisionsFrom(key: DatasetKey, wanted: { frame_id: string; from: number }[]): Promise<Map<string, CurrentRevision>>;
  vectorsOf(key: DatasetKey, frame_id: string, vectors_from: number): Promise<FrameVectors | null>;
  /** Packs the revisions that an upload's items make in a commit, out of lines of so many bytes. */
  packer(commit: CommitRecord, upload_id: string, lineBytes: number): RevisionPacker;
  /** One transaction over a few chunks; false when any of them was applied or aborted by somebody else. */
  apply(commit: CommitRecord, results: ChunkResult[]): Promise<boolean>;
  /** Writes revisions and takes them back at once; throws what the store says against them. */
  probe(revisions: PackedRevisions): Promise<void>;
  /** What the DONE chunks of a commit before one chunk have fixed, merged in item order. */
  schemaBefore(commit: CommitRecord, chunk_id: string): Promise<DatasetSchema>;
  /** Seals a batch's or restore's decision; the first one stands. */
  decide(
    commit: CommitRecord,
    decision: { refusal?: CommitRecord['refusal']; schema?: DatasetSchema },
  ): Promise<CommitRecord>;
  /** Plans a rollback or revert against the present head, chunk by chunk; safe to repeat. */
  planRestore(commit: CommitRecord): Promise<CommitRecord>;
  /** Undoes a cancelled batch, chunk by chunk, and ends the commit as ABORTED. */
  undo(commit: CommitRecord): Promise<Published>;
  /** Moves head, or answers what the commit became. `aborted` when its BATCH was cancelled first. */
  publish(commit: CommitRecord): Promise<Published | 'cancelled'>;
  /** Says until when an actor drains this dataset, so that writers need not wake it. */
  lease(key: DatasetKey, until: Date | null): Promise<void>;
  leased(key: DatasetKey): Promise<boolean>;
}

export interface CommitUpload {
  upload_id: string;
  kind: UploadKind;
  created_by: string;
  message: string;
  cancelled: boolean;
  plan?: { to: number } | { revert: string };
}
