import type { DatasetKey, UploadRecord } from './records';
import type { UploadError } from '../domain/upload';

/** A file that a client uploaded, or one on a host that the operator allowed. */
export type FileRef = { object_id: string } | { url: string };

/** Files that belong together: the rows of the same frames. */
export interface IngestPart {
  /** JSON lines, one a frame. */
  rows: FileRef;
  /** JSON lines with the same frames' labels, where they are not in the rows. */
  crops?: FileRef;
  /** Arrow files with the vectors of these frames and their labels. */
  vectors: FileRef[];
  /** Arrow files with masks. */
  assets: FileRef[];
}

/** What the rows are: frames with their labels, or inferences about frames of another dataset. */
export type RowKind = 'frames' | 'inferences';

/** What is to be known to read the rows of an upload's files. */
export interface RowFormat {
  rows: RowKind;
  /** The models that made the vectors; absent when the client named none. */
  frame_model?: string;
  label_model?: string;
  /** The root of URLs when the files were named; links below its `/objects/` are stored without it. */
  public_url: string;
}

/** An upload whose items lie in uploaded files, until a worker has staged them. */
export interface IngestRecord {
  upload_id: string;
  key: DatasetKey;
  project: string;
  dataset: string;
  /** What the client calls this upload, unique in its dataset: the same again is the same upload. */
  external_id: string;
  format: RowFormat;
  parts: IngestPart[];
  /** Parts whose items are staged; they commit while later ones are read. */
  parts_staged: number;
  state: 'WAITING' | 'STAGED' | 'FAILED';
  error?: UploadError;
  created_at: Date;
}

export interface NewIngest {
  external_id: string;
  kind: 'STREAMING' | 'BATCH';
  created_by: string;
  message: string;
  format: RowFormat;
  parts: IngestPart[];
}

/** Uploads that come as files. They are staged one after the other in each dataset, in the order they were opened. */
export interface IngestStore {
  /**
   * Opens an upload with its files, which need no other acknowledgement; with an `external_id` that the dataset has
   * seen, answers that upload. `dataset_not_found`, `dataset_immutable`, `batch_only`, `dataset_archived`.
   */
  open(key: DatasetKey, ingest: NewIngest): Promise<UploadRecord>;
  get(upload_id: string): Promise<IngestRecord | null>;
  /** Null for one that the dataset has not seen. */
  byExternalId(key: DatasetKey, external_id: string): Promise<IngestRecord | null>;
  /** Newest first. */
  newest(key: DatasetKey, limit: number): Promise<IngestRecord[]>;
  /** The files of a part lie elsewhere now. */
  replacePart(upload_id: string, index: number, part: IngestPart): Promise<void>;
  /** True when an upload of the dataset that was opened earlier is not staged yet. */
  mustWait(ingest: IngestRecord): Promise<boolean>;
  /** A part without items is done. `conflict` when another attempt was first. */
  skipPart(upload_id: string, parts_staged: number): Promise<void>;
  /** Every part is staged: closes the upload. Harmless when repeated, or when it was cancelled. */
  finish(upload_id: string): Promise<void>;
  /** The files cannot be read: ends the upload; what was staged of a STREAMING one stays. Harmless when repeated. */
  fail(upload_id: string, error: UploadError): Promise<void>;
}
