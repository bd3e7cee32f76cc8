import type { FieldType } from '../domain/field-type';
import type { JsonObject } from '../domain/json';
import type { InferenceSetStore } from './inference-sets';
import type { IngestStore } from './ingests';
import type { ObjectStore } from './objects';
import type { PreviewStore } from './previews';
import type { SubmissionRef, StagedChunk, IdempotencyClaim, Claimed, CompletedWith } from './staging';
import type {
  DatasetKey,
  DatasetRecord,
  ItemError,
  ItemRecord,
  ItemState,
  KeyRecord,
  LabelClass,
  NewDataset,
  NewProject,
  NewUpload,
  ProjectChange,
  ProjectRecord,
  RevisionRecord,
  Role,
  StoredVectors,
  UploadKind,
  UploadRecord,
  UploadState,
  VersionRecord,
  WindowRecord,
} from './records';

/** A page's items in order; `next` continues after it, null at the end. */
export interface Page<T, C = string> {
  items: T[];
  next: C | null;
}

export interface ListPage {
  after?: string;
  limit: number;
  archived?: false;
}

/** Everything that the API needs of the store. Verbs throw `StoreError` (store/errors.ts) with a stable code. */
export interface Store {
  projects: ProjectStore;
  datasets: DatasetStore;
  uploads: UploadStore;
  inferenceSets: InferenceSetStore;
  ingests: IngestStore;
  objects: ObjectStore;
  previews: PreviewStore;
  staging: StagingStore;
  frames: FrameStore;
  versions: VersionStore;
  keys: KeyStore;
  idempotency: IdempotencyStore;
  workers: WorkerStore;
  /** Throws `store_unavailable` unless a primary answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface ProjectStore {
  /** `project_exists` when the id is taken. */
  create(project: NewProject): Promise<ProjectRecord>;
  /** `project_not_found`. */
  get(project: string): Promise<ProjectRecord>;
  /** `archived: false` leaves the archived ones out. */
  list(page: ListPage & { only?: readonly string[] }): Promise<Page<ProjectRecord>>;
  /**
   * Compare-and-set on the class list as read; `conflict` when another writer was first. `project_not_found`,
   * `project_archived`.
   */
  update(project: string, expected: LabelClass[], change: ProjectChange): Promise<ProjectRecord>;
  /** Replaces what there is. `project_not_found`, `project_archived`. */
  setExternalMetadata(project: string, metadata: JsonObject): Promise<void>;
  /** Takes the project and the datasets in it out of use; harmless when repeated. `project_not_found`. */
  archive(project: string): Promise<void>;
  /** Hides the project and its datasets at once; the removal of the documents is the workflow's. */
  markDeleting(project: string): Promise<void>;
}

export interface DatasetStore {
  /** `project_not_found`, `project_archived`, `dataset_exists`. */
  create(dataset: NewDataset): Promise<DatasetRecord>;
  /** `project_not_found`, `dataset_not_found`. */
  get(project: string, dataset: string): Promise<DatasetRecord>;
  /** `archived: false` leaves the archived ones out. */
  list(project: string, page: ListPage): Promise<Page<DatasetRecord>>;
  /** Replaces what there is. `dataset_not_found`, `dataset_archived`. */
  setExternalMetadata(key: DatasetKey, metadata: JsonObject): Promise<void>;
  /**
   * From now on label metadata is checked against these types too; fields may be added, never changed.
   * `dataset_not_found`, `dataset_archived`, `metadata_type_fixed` when a field has another type already.
   */
  declareLabelMetadata(key: DatasetKey, types: Record<string, FieldType>): Promise<void>;
  /** Takes the dataset out of use; harmless when repeated. `dataset_not_found`. */
  archive(key: DatasetKey): Promise<void>;
  /** Hides the dataset at once and frees its name. */
  markDeleting(key: DatasetKey): Promise<void>;
}

export interface UploadStore {
  /**
   * STREAMING and BATCH start OPEN; ROLLBACK and REVERT start PROCESSING and wait in the dataset's queue at once.
   * `dataset_not_found`, `dataset_archived`, `dataset_immutable`, `batch_only`. The same `upload_id` again answers the upload there is.
   */
  open(key: DatasetKey, upload: NewUpload): Promise<UploadRecord>;
  /** `upload_not_found`, also for another dataset's upload. */
  get(key: DatasetKey, upload_id: string): Promise<UploadRecord>;
  list(
    key: DatasetKey,
    filter: { kind?: UploadKind; state?: UploadState },
    page: { after?: string; limit: number },
  ): Promise<Page<UploadRecord>>;
  /** No more items; harmless when repeated. `upload_cancelled`. */
  close(key: DatasetKey, upload_id: string): Promise<UploadRecord>;
  /** What is intended finishes, the rest is NOT_APPLIED; harmless when repeated. `upload_finished`. */
  cancel(key: DatasetKey, upload_id: string): Promise<UploadRecord>;
  /** Puts FAILED items back in the queue; answers how many. `nothing_to_retry`, `upload_not_finished`. */
  retry(key: DatasetKey, upload_id: string): Promise<{ upload: UploadRecord; retried: number }>;
  windows(
    key: DatasetKey,
    upload_id: string,
    page: { after?: number; limit: number },
  ): Promise<Page<WindowRecord, number>>;
  /** In item order; `q` is part of a frame id. */
  items(
    key: DatasetKey,
    upload_id: string,
    filter: { state?: ItemState; q?: string },
    page: { after?: number; limit: number },
  ): Promise<Page<ItemRecord, number>>;
  /** FAILED items in item order, a chunk's worth at a time; with the submitted line where it was kept. */
  errors(
    key: DatasetKey,
    upload_id: string,
    options: { after?: number; bodies: boolean },
  ): AsyncIterable<ItemError & { body?: string }>;
  /** How one item stands, for writers who wait. */
  outcome(upload_id: string, item: number): Promise<{ item: ItemRecord; error?: ItemError }>;
}

export interface StagingStore {
  /** `upload_closed`, `upload_cancelled`. An incomplete submission never commits. */
  begin(key: DatasetKey, upload_id: string): Promise<SubmissionRef>;
  /** Acknowledged by a majority when it returns; chunks may be put side by side. */
  putChunk(submission: SubmissionRef, chunk: StagedChunk): Promise<void>;
  /**
   * Numbers the items and lets them commit, all at once. `upload_closed` when the upload was closed meanwhile,
   * `conflict` when somebody else took over the claim or staged the part of files.
   */
  complete(
    submission: SubmissionRef,
    totals: { chunks: number; items: number },
    completed?: CompletedWith,
  ): Promise<{ first_index: number; count: number }>;
  /** Forgets an incomplete submission and its chunks. */
  abandon(submission: SubmissionRef): Promise<void>;
  /** Opens the upload that a process's single-frame writes to one dataset by one key belong to. */
  openDirect(key: DatasetKey, created_by: string): Promise<{ upload_id: string }>;
  /**
   * Stages single-frame writes that arrived together, in one durable write; the first is item number `first_item` of
   * the upload, which only the caller numbers. No two name the same frame.
   */
  stageDirect(
    key: DatasetKey,
    upload_id: string,
    first_item: number,
    writes: { frame_id: string; line: string; claim?: IdempotencyClaim }[],
  ): Promise<void>;
  /**
   * The caller will stage no more into it. `received` is what it numbered, and nothing is left of an upload of none;
   * without it, of a caller who does not know, what was staged is counted.
   */
  closeDirect(key: DatasetKey, upload_id: string, received?: number): Promise<void>;
}

export interface FrameFilter {
  prefix?: string;
  class?: string;
  device_id?: string;
}

/** All reads are at one committed version: `from <= version < to`, version <= head. */
export interface FrameStore {
  /** In UTF-8 byte order of the id, after `after`. */
  page(
    key: DatasetKey,
    version: number,
    filter: FrameFilter,
    page: { after?: string; limit: number },
  ): Promise<Page<RevisionRecord>>;
  get(key: DatasetKey, version: number, frame_id: string): Promise<RevisionRecord | null>;
  /** In the order asked, without those absent. */
  getMany(key: DatasetKey, version: number, frame_ids: string[]): Promise<RevisionRecord[]>;
  /** Ids alone, in UTF-8 byte order after `after`; read from the index, however large the frames are. */
  ids(key: DatasetKey, version: number, page: { after?: string; limit: number }): Promise<Page<string>>;
  /** The revisions (versions that wrote them) of those frames that there are; read from the index. */
  revisions(key: DatasetKey, version: number, frame_ids: string[]): Promise<Map<string, number>>;
  /** Vectors of revisions, by frame id. */
  vectors(key: DatasetKey, revisions: RevisionRecord[]): Promise<Map<string, StoredVectors>>;
  /** Revisions up to head, newest first, tombstones included; `before` is a version. */
  history(
    key: DatasetKey,
    head: number,
    frame_id: string,
    page: { before?: number; limit: number },
  ): Promise<RevisionRecord[]>;
  /** Frames that differ in revision between two versions, one entry a frame; costs what changed. Cursor is opaque. */
  changes(
    key: DatasetKey,
    a: number,
    b: number,
    page: { after?: string; limit: number },
  ): Promise<Page<{ frame_id: string; old: RevisionRecord | null; new: RevisionRecord | null }>>;
  /** Frames of an upload that others changed since; what a revert would meet. */
  revertConflicts(key: DatasetKey, upload_id: string, limit: number): Promise<string[]>;
}

export interface VersionStore {
  /** `version_not_found` for what is not committed; version 0 always is. `version_pruned`. */
  get(key: DatasetKey, version: number): Promise<VersionRecord>;
  /** When versions were published; those unknown or pruned are left out. */
  publishedAt(key: DatasetKey, versions: number[]): Promise<Map<number, Date>>;
  /** Newest first, version 0 not listed; `before` is a version. */
  list(key: DatasetKey, page: { before?: number; limit: number }): Promise<VersionRecord[]>;
  /** `tag_not_found`. */
  byTag(key: DatasetKey, tag: string): Promise<number>;
  /** The newest published at or before; null before version 1. */
  byTime(key: DatasetKey, at: Date): Promise<number | null>;
  /** Moves the tag when it stands elsewhere. `version_not_found`, `version_pruned`. */
  putTag(key: DatasetKey, tag: string, version: number): Promise<void>;
  /** `tag_not_found`. */
  deleteTag(key: DatasetKey, tag: string): Promise<void>;
}

export interface KeyStore {
  create(key: {
    key_id: string;
    secret_hash: string;
    name: string;
    role: Role;
    projects?: string[];
  }): Promise<KeyRecord>;
  /** Null for an unknown or revoked secret. */
  bySecretHash(secret_hash: string): Promise<KeyRecord | null>;
  list(page: { after?: string; limit: number }): Promise<Page<KeyRecord>>;
  /** `key_not_found`. */
  revoke(key_id: string): Promise<void>;
}

/**
 * One record an Idempotency-Key and scope. The claimant beats while it works; whoever finds a silent claimant takes
 * over, with what the dead one had noted in `resume`.
 */
export interface IdempotencyStore {
  claim(id: string, body_hash: string, owner: string): Promise<Claimed>;
  beat(claim: IdempotencyClaim): Promise<void>;
  /** Notes what a successor must reuse (an upload id, an item number). */
  note(claim: IdempotencyClaim, resume: Record<string, unknown>): Promise<void>;
  finish(
    claim: IdempotencyClaim,
    response: { status: number; body: unknown; headers: Record<string, string> },
  ): Promise<void>;
  /** The request failed and did nothing: the key is free again. */
  release(claim: IdempotencyClaim): Promise<void>;
}

/** Which worker processes are alive, for readiness. */
export interface WorkerStore {
  beat(worker_id: string): Promise<void>;
  leave(worker_id: string): Promise<void>;
  /** Workers that beat within the last ten seconds. */
  alive(): Promise<number>;
}
