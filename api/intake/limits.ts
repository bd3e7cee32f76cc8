import { LINE_BYTES } from '../../store/staging';

/** What intake allows. Sizes are bytes after decompression, times are milliseconds. */
export interface IntakeLimits {
  /** One NDJSON line, or one element of a JSON array. */
  lineBytes: number;
  /** A JSON body of items; NDJSON has no limit. */
  jsonBytes: number;
  /** How long a body may send nothing. There is no limit on total time: it would cut a slow post of 1 GB. */
  idleMs: number;
  /** How long the rest of a refused body is read away, so that the client gets to read the answer. */
  lingerMs: number;
  /** Chunks of one post on their way to the store at once. */
  chunksInFlight: number;
  /** Bytes of chunks on their way to the store at once, over all posts of the process. */
  bytesInFlight: number;
  /** How often a request looks whether its running twin has finished. */
  claimPollMs: number;
  /** How often a request says that it still works on its idempotency key. */
  claimBeatMs: number;
  direct: DirectLimits;
}

/** Bounds of the DIRECT uploads that single-frame writes go into. */
export interface DirectLimits {
  /** Writes, and bytes of them, that go to the store together. */
  groupWrites: number;
  groupBytes: number;
  /** How long the next group waits for the writers of the last one. */
  gatherMs: number;
  /** An upload with this many items, this old, or this long without a write is closed; the next write opens another. */
  uploadItems: number;
  uploadAgeMs: number;
  uploadIdleMs: number;
  /** After how long an upload is closed of which it is not known whether its last group was staged. */
  doubtMs: number;
  /** How often waiting writers look at their items. */
  pollMs: number;
}

export const INTAKE_LIMITS: IntakeLimits = {
  lineBytes: LINE_BYTES,
  jsonBytes: 16 * 1024 * 1024,
  idleMs: 30_000,
  lingerMs: 30_000,
  chunksInFlight: 4,
  bytesInFlight: 48 * 1024 * 1024,
  claimPollMs: 200,
  claimBeatMs: 2_000,
  direct: {
    groupWrites: 500,
    groupBytes: 4 * 1024 * 1024,
    gatherMs: 3,
    uploadItems: 10_000,
    uploadAgeMs: 600_000,
    uploadIdleMs: 60_000,
    doubtMs: 120_000,
    pollMs: 20,
  },
};
