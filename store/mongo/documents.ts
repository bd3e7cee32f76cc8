import type { Binary, ObjectId, Timestamp } from 'mongodb';
import type { FrameContent, StoredLabel } from '../../domain/frame';
import type { DatasetSchema } from '../../domain/metadata-schema';
import type { ChunkCounts, CommitRecord } from '../commit-store';
import type {
  DatasetMode,
  DatasetRecord,
  ItemCounts,
  ItemError,
  LabelClass,
  RestorePlan,
  Role,
  UploadKind,
  UploadState,
  VersionRecord,
  WindowRecord,
} from '../records';
import type { InferenceSet } from '../inference-sets';
import type { IngestRecord } from '../ingests';
import type { ObjectRecord } from '../objects';
import type { PieceStore } from '../pieces';
import type { PreviewRecord } from '../previews';
import type { ItemFailure } from '../../domain/item';
import type { UploadError } from '../../domain/upload';

export interface ProjectDoc {
  _id: string;
  label_classes: LabelClass[];
  primary_task: string;
  /** Each as JSON text, see `toText`. */
  settings?: Record<string, string>;
  /** JSON text, see `toText`. */
  external_metadata?: string;
  archived?: true;
  created_at: Date;
  state: 'ACTIVE' | 'DELETING';
}

export interface DatasetDoc {
  _id: number;
  project: string;
  /** Moves to `deleted_name` when the dataset is deleted, which frees the name. */
  name?: string;
  deleted_name?: string;
  deleted_at?: Date;
  mode: DatasetMode;
  state: 'ACTIVE' | 'DELETING';
  immutable: boolean;
  head: number;
  content_hash: string;
  counts: { frames: number; labels: number };
  schema: DatasetSchema;
  /** JSON text, see `toText`. */
  external_metadata?: string;
  archived?: true;
  unlabeled?: 1 | 2;
  created_at: Date;
  published_at?: Date;
  pending_commit: string | null;
  commits: number;
  cloned_to: DatasetRecord['cloned_to'];
  cloned_from?: DatasetRecord['cloned_from'];
  inference?: InferenceSet;
  pending_pin?: PendingPin;
  /** An actor drains until then. */
  draining_until?: Date | null;
}

/** What an inference set's pin waits for. */
export interface PendingPin {
  /** The base's head when the set was made. */
  head: number;
  /** Uploads of the base that will end. */
  uploads: string[];
  /** The last place in the base's queue that must have been taken. */
  place?: Timestamp;
  /** The version that must have been published. */
  until?: number;
}

export interface UploadDoc {
  _id: string;
  dataset: number;
  project: string;
  dataset_name: string;
  kind: UploadKind;
  mode: DatasetMode;
  state: UploadState;
  created_at: Date;
  created_by: string;
  message: string;
  external_id?: string;
  /** A DIRECT upload's `received` is known only once it is closed. */
  counts: ItemCounts & { received: number };
  windows: number;
  first_version: number | null;
  last_version: number | null;
  error?: UploadError;
  closed: boolean;
  cancelled: boolean;
  plan?: RestorePlan;
  /** Its files are not yet staged. */
  staging?: true;
  /** The upload's workflow has seen its final state. */
  watched?: boolean;
}

/** One for each upload that comes as files. */
export interface IngestDoc extends Omit<IngestRecord, 'upload_id' | 'key' | 'dataset'> {
  /** The upload's id. */
  _id: string;
  dataset: number;
  dataset_name: string;
  /** Order of opening in the dataset, see `QUEUE_PLACE`. */
  seq: Timestamp;
}

export interface SubmissionDoc {
  _id: string;
  dataset: number;
  upload_id: string;
  kind: 'items' | 'batch' | 'restore';
  /** STAGING: not yet whole. HELD: waits for its BATCH to be closed. WAITING: in the queue. */
  state: 'STAGING' | 'HELD' | 'WAITING' | 'DRAINED' | 'DISCARDED';
  /** Place in the dataset's queue, see `QUEUE_PLACE`; absent until it is queued. */
  seq?: Timestamp;
  first_item: number;
  items: number;
  chunks: number;
  next_chunk: number;
  created_at: Date;
  /** Single-frame writes. */
  direct?: true;
  /** The one chunk of single-frame writes, until an actor moves it to where chunks lie: they cost one write to accept. */
  packed?: { frame_ids: string[]; body: Binary };
}

export interface ChunkDoc {
  /** `<submission>/<index, six digits>`: sorts in submission order. */
  _id: string;
  upload_id: string;
  index: number;
  offset: number;
  items: number;
  /** Of its lines. */
  bytes: number;
  frame_ids: (string | null)[];
  lines: number[];
  broken: { at: number; failure: ItemFailure }[];
  item_numbers?: number[];
  targets?: number[];
  /** Of retried items: the chunk that they failed in. */
  retry_of?: string;
  state: 'WAITING' | 'DONE' | 'ABORTED';
  window?: number;
  commit_id?: string;
  version?: number;
  outcomes?: string;
  ops?: string;
  errors?: ItemError[];
  counts?: ChunkCounts;
  hash_delta?: string;
  schema?: DatasetSchema;
  /** Which lines the body still holds once the chunk is DONE: the failed ones, or all of a refused batch. */
  kept?: 'failed' | 'all';
}

export interface BodyDoc {
  /** The chunk's id. */
  _id: string;
  body: Binary;
}

export type CommitDoc = Omit<CommitRecord, 'commit_id' | 'key'> & { _id: string; dataset: number };

export interface WindowDoc extends WindowRecord {
  _id: string;
  upload_id: string;
  dataset: number;
  commit_id: string;
}

export interface VersionDoc extends VersionRecord {
  _id: ObjectId;
  dataset: number;
}

/** One revision of one frame, live for versions `from <= v < to`; the content's parts stand at the top level. */
export interface FrameDoc extends FrameContent<StoredLabel> {
  /** See `revisionId`. */
  _id: string;
  dataset: number;
  frame_id: string;
  from: number;
  to: number;
  prev: number;
  deleted: boolean;
  hash: string;
  commit_id: string;
  upload_id: string;
  created_by: string;
  vectors_from?: number;
  /** Digest of the put that wrote it, as it was submitted. */
  line_digest?: string;
}

export interface EmbeddingDoc {
  /** The id of the revision that brought the vectors. */
  _id: string;
  dataset: number;
  frame_id: string;
  from: number;
  commit_id: string;
  /** Little-endian Float32. */
  frame?: Binary;
  labels: { label_id: string; vector: Binary }[];
}

/** See `PreviewRecord`. */
export interface PreviewDoc extends Omit<PreviewRecord, 'preview_id'> {
  /** The preview's id. */
  _id: string;
}

export interface KeyDoc {
  _id: string;
  secret_hash: string;
  name: string;
  role: Role;
  projects?: string[];
  created_at: Date;
  revoked_at?: Date;
}

export interface IdempotencyDoc {
  _id: string;
  body_hash: string;
  state: 'RUNNING' | 'DONE';
  owner: string;
  beat_at: Date;
  resume?: Record<string, unknown>;
  response?: { status: number; body: unknown; headers: Record<string, string> };
  /** The upload whose items the key guards; the record lives as long as it. */
  upload_id?: string;
  expires_at?: Date;
}

export interface ObjectDoc extends Omit<ObjectRecord, 'object_id' | 'state'> {
  /** The object's id. */
  _id: string;
  /** SHA-256 of its upload token, in hex. */
  token_hash: string;
  /** REMOVING: nobody sees it any more. */
  state: ObjectRecord['state'] | 'REMOVING';
  /** Where its bytes lie. */
  place: PieceStore['place'];
  /** Uploads that need it; absent when there is none. */
  claims?: string[];
  /** Why it takes nothing more. */
  refused?: string;
}

/** Bytes of an object that came in one request. */
export interface ObjectPartDoc {
  /** `<object>/<attempt>`; the ids of its pieces begin with it. */
  _id: string;
  object: string;
  /** Where in the object they begin. */
  first: number;
  bytes: number;
  /** The size of its pieces but the last. */
  piece_bytes: number;
  place: PieceStore['place'];
  /** SHA-256 in hex, once they count. */
  digest?: string;
  /** They do not count yet. */
  pending?: true;
  /** They never will. */
  dropped?: true;
  /** When the process that writes them last said that it lives. */
  beat_at?: Date;
}

export interface ObjectPieceDoc {
  /** `<object>/<attempt>/<number, eight digits>` */
  _id: string;
  bytes: Binary;
}

export interface CounterDoc {
  _id: string;
  n: number;
}

export interface WorkerDoc {
  _id: string;
  beat_at: Date;
}
