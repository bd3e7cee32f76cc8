import type { ErrorCode } from '../domain/error-codes';
import type { FrameContent, StoredLabel } from '../domain/frame';
import type { FieldType } from '../domain/field-type';
import type { JsonObject } from '../domain/json';
import type { DatasetSchema } from '../domain/metadata-schema';
import type { InferenceSet } from './inference-sets';
import type { ItemState, UploadCounts, UploadError, UploadKind, UploadState } from '../domain/upload';

export type { ItemState, UploadKind, UploadState };

/** A dataset's number: never reused, so that a deleted dataset's name may be taken again. */
export type DatasetKey = number;

export interface LabelClass {
  name: string;
  id: number;
  color: [number, number, number];
  /** Further keys of the old client's class map (`train_name`, `keypoint_names` ...), kept as given. */
  [key: string]: unknown;
}

export interface ProjectRecord {
  project: string;
  label_classes: LabelClass[];
  primary_task: string;
  /** What the old client says of a project beyond that, by the client's names, as given. */
  settings: JsonObject;
  /** The user's own, as given. */
  external_metadata: JsonObject;
  /** Taken out of use: it can be read, takes no change, and so its datasets. */
  archived: boolean;
  created_at: Date;
  state: 'ACTIVE' | 'DELETING';
}

export type DatasetMode = 'STREAMING' | 'BATCH';

export interface DatasetRecord {
  key: DatasetKey;
  project: string;
  dataset: string;
  mode: DatasetMode;
  state: 'ACTIVE' | 'DELETING';
  /** True once a BATCH dataset has its one version. */
  immutable: boolean;
  head: number;
  content_hash: string;
  counts: { frames: number; labels: number };
  schema: DatasetSchema;
  /** The user's own, as given. */
  external_metadata: JsonObject;
  /** Taken out of use: it can be read and takes no change. What was submitted before still commits. */
  archived: boolean;
  /** Of datasets without labels of people: the old client's generation of them. */
  unlabeled?: 1 | 2;
  created_at: Date;
  /** The publish instant of head; absent at version 0. */
  published_at?: Date;
  /** The commit that has intended version head + 1 and must be finished first. */
  pending_commit: string | null;
  cloned_to: { dataset: string; version: number; upload_id: string }[];
  cloned_from?: { dataset: string; version: number; upload_id: string };
  /** Of inference sets. */
  inference?: InferenceSet;
}

export interface NewDataset {
  project: string;
  dataset: string;
  mode: DatasetMode;
  metadata_schema?: Record<string, FieldType>;
  unlabeled?: 1 | 2;
}

export interface NewProject {
  project: string;
  label_classes: LabelClass[];
  primary_task: string;
  settings?: JsonObject;
  external_metadata?: JsonObject;
}

/** What is not named stays as it is. Settings are replaced one by one, the rest as a whole. */
export type ProjectChange = Partial<Omit<NewProject, 'project'>>;

export const FINAL_STATES: readonly UploadState[] = ['DONE', 'PARTIAL', 'FAILED', 'CANCELLED'];

/** Items by outcome; `frames` and `labels` count those inside APPLIED items. */
export type ItemCounts = Omit<UploadCounts, 'received'>;

export interface UploadRecord {
  upload_id: string;
  key: DatasetKey;
  project: string;
  dataset: string;
  kind: UploadKind;
  mode: DatasetMode;
  state: UploadState;
  created_at: Date;
  /** Id of the API key. */
  created_by: string;
  message: string;
  external_id?: string;
  /** received = applied + unchanged + failed + not_applied + pending, always. */
  counts: ItemCounts & { received: number; pending: number };
  windows: number;
  first_version: number | null;
  last_version: number | null;
  error?: UploadError;
  closed: boolean;
  cancelled: boolean;
  /** Its items come from files that are not all staged yet. */
  staging?: true;
  /** What a ROLLBACK or REVERT is to do. */
  plan?: RestorePlan;
}

export type RestorePlan = { to: number } | { revert: string };

export interface NewUpload {
  upload_id?: string;
  kind: Exclude<UploadKind, 'DIRECT'>;
  created_by: string;
  message: string;
  external_id?: string;
  plan?: RestorePlan;
}

export interface WindowRecord {
  window: number;
  state: 'PENDING' | 'DONE' | 'REFUSED' | 'CANCELLED';
  version?: number;
  counts: ItemCounts & { received: number };
}

export interface ItemRecord {
  item: number;
  op: 'put' | 'patch' | 'delete' | 'restore' | null;
  frame_id: string | null;
  label_ids: string[];
  state: ItemState;
  version?: number;
  code?: ErrorCode;
}

export interface ItemError {
  item: number;
  line: number | null;
  frame_id: string | null;
  label_id?: string;
  code: ErrorCode;
  message: string;
  path?: string;
  attempts: number;
  window: number;
}

export interface VersionRecord {
  version: number;
  created_at: Date | null;
  kind: UploadKind | 'EMPTY';
  uploads: { upload_id: string; kind: UploadKind; created_by: string; message: string; counts: ItemCounts }[];
  tags: string[];
  counts: { added: number; updated: number; deleted: number; frames: number; labels: number };
  content_hash: string;
  pruned: boolean;
  /** Of inference sets: the version of the base that it is about. */
  base_version?: number;
}

/** One stored state of one frame, live for versions `from <= v < to`. */
export interface RevisionRecord {
  frame_id: string;
  from: number;
  to: number;
  /** `from` of the frame's revision before this one; 0 when there was none. */
  prev: number;
  deleted: boolean;
  hash: string;
  upload_id: string;
  created_by: string;
  content: FrameContent<StoredLabel>;
  /** The version whose embeddings document holds this revision's vectors. */
  vectors_from?: number;
}

export interface StoredVectors {
  frame?: number[];
  labels: Record<string, number[]>;
}

export type Role = 'reader' | 'writer' | 'admin';

export interface KeyRecord {
  key_id: string;
  name: string;
  role: Role;
  /** Absent: all projects. */
  projects?: string[];
  created_at: Date;
  revoked_at?: Date;
}
