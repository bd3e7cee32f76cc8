/**
 * Where the bytes of objects lie, in pieces. A piece's id is `<object>/<attempt>/<number>`; it is written once, by one
 * attempt, and nothing but the records of objects says that it counts.
 */
export interface PieceStore {
  /** Written into the records of objects, which are read from where they were written. */
  readonly place: 'mongodb' | 's3';
  /** The size of every piece of a part but the last, in bytes. */
  readonly pieceBytes: number;
  /** Durable when it returns. */
  put(id: string, bytes: Uint8Array): Promise<void>;
  /** The bytes `start` to `end`, both included; null when the piece is gone. */
  get(id: string, start: number, end: number): Promise<Uint8Array | null>;
  /** Removes some of the pieces whose ids begin with `<prefix>/`; true once nothing is left. */
  removeSome(prefix: string): Promise<boolean>;
}
