/** FILEs are read by an ingest and then forgotten; ASSETs are what frames link to and live as long as their dataset. */
export type ObjectKind = 'FILE' | 'ASSET';

/** One uploaded object. Whoever knows its id may read it; writing takes the upload token that was made with it. */
export interface ObjectRecord {
  /** 32 random bytes in base64url. */
  object_id: string;
  project: string;
  /** The dataset it was uploaded for, which need not exist. */
  dataset: string;
  /** As the client gave it: for people and downloads, never a path. */
  filename: string;
  kind: ObjectKind;
  state: 'PENDING' | 'COMPLETE';
  /** Told from the first bytes; absent unless they are of a type that browsers may show. */
  content_type?: string;
  /** Bytes stored so far, from the start. */
  received: number;
  /** Bytes in all, null while that is not known. */
  size: number | null;
  created_at: Date;
  /** When it is removed unless something happens; absent while it is kept. */
  expires_at?: Date;
}

export interface NewObject {
  project: string;
  dataset: string;
  filename: string;
  kind: ObjectKind;
}

/** A chunk's place: bytes `first` to `last`, both included, of `total`. */
export interface ChunkRange {
  first: number;
  last: number;
  total: number;
}

/** Verbs throw `ObjectError` (store/object-error.ts), and `StoreError` `store_unavailable`. */
export interface ObjectStore {
  /** Makes a place to upload to. Neither id nor token can be guessed. */
  create(object: NewObject): Promise<{ object_id: string; upload_token: string }>;
  /** Null for a token that was never given out or whose time is over. */
  byUploadToken(upload_token: string): Promise<ObjectRecord | null>;
  /** Null when there is none. */
  get(object_id: string): Promise<ObjectRecord | null>;
  /**
   * Remembers how many bytes will come, null when that is not known; harmless when repeated.
   * `unknown_upload`, `too_large`, `wrong_total` when bytes came already under another total, `refused`.
   */
  begin(upload_token: string, total: number | null): Promise<ObjectRecord>;
  /**
   * Takes a chunk whole or not at all, whatever happens meanwhile: durable when it returns. A chunk that is stored
   * already is not read again. `received` counts the bytes from the start to the chunk's end.
   * `unknown_upload`, `out_of_order`; and `wrong_total`, `wrong_length`, `too_large`, after which the upload takes
   * nothing more and answers `refused`: a client that was told to go on would send the same for ever.
   */
  append(
    upload_token: string,
    chunk: ChunkRange,
    body: AsyncIterable<Uint8Array>,
  ): Promise<{ received: number; complete: boolean }>;
  /**
   * Takes the whole object in one body, which may be empty; `length` is what the client announced. Sent again, it must
   * be the same bytes. `unknown_upload`, `too_large`, `already_complete`, `out_of_order` when chunks came before.
   */
  putWhole(upload_token: string, body: AsyncIterable<Uint8Array>, length?: number): Promise<ObjectRecord>;
  /**
   * Where an interrupted upload goes on: bytes stored. Of a complete object, all but the last chunk, so that the client
   * sends that again and learns that it is complete. `unknown_upload`, `refused`.
   */
  resumeAt(upload_token: string): Promise<number>;
  /**
   * The bytes `start` to `end`, both included, in pieces of a few MiB, each fetched when it is asked for.
   * `object_not_found`, also in the middle when the object is removed meanwhile; `object_incomplete`.
   */
  read(object_id: string, range?: { start?: number; end?: number }): AsyncIterable<Uint8Array>;
  /**
   * Keeps complete objects until the upload that reads them releases them; all or none. The records in the order given.
   * `object_not_found`, `object_incomplete`.
   */
  claim(object_ids: readonly string[], upload_id: string): Promise<ObjectRecord[]>;
  /** The upload needs its objects no more: they go some days later. Harmless when repeated. */
  release(upload_id: string): Promise<void>;
  /** Removes some of what is past its time, and what attempts that died left behind; true once nothing is left to do. */
  removeExpired(now: Date): Promise<boolean>;
  /**
   * Removes some of a dataset's objects, or of all of a project's, but those that an upload holds; only those made
   * before a moment when one is given. True once nothing is left.
   */
  removeOf(project: string, dataset?: string, before?: Date): Promise<boolean>;
}
