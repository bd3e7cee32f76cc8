import type { ItemFailure } from '../domain/item';
import type { DatasetKey } from './records';

/** The longest line that an item may have. */
export const LINE_BYTES = 8 * 1024 * 1024;
/**
 * The most bytes of lines, and the most items, that one chunk holds; a single longer line is a chunk of its own. The
 * worker holds a few parsed chunks at a time, and a parsed line takes about ten times its bytes.
 */
export const CHUNK_BYTES = 2 * 1024 * 1024;
export const CHUNK_ITEMS = 1000;

/** A run of items of one submission as it was received; no two of its items name the same frame. */
export interface StagedChunk {
  /** Position in the submission, from 0. */
  index: number;
  /** Number of its first item, counted from the submission's first. */
  offset: number;
  /** The raw lines joined by `\n`; an item in `broken` has an empty line. */
  body: Uint8Array;
  /** One entry an item; null when the line names no frame. */
  frame_ids: (string | null)[];
  /** Line number of each item within its post, from 1. */
  lines: number[];
  /** Items that cannot be read at all, by position in the chunk; their bodies were not kept. */
  broken: { at: number; failure: ItemFailure }[];
}

export interface SubmissionRef {
  submission_id: string;
  upload_id: string;
  key: DatasetKey;
}

/** An idempotent request's record, completed in the same transaction as the work it guards. */
export interface IdempotencyClaim {
  id: string;
  owner: string;
  /** SHA-256 of the body where it was not yet known when the key was claimed; kept with the answer. */
  body_hash?: string;
}

/** What becomes durable in the same transaction as a complete submission. */
export interface CompletedWith {
  /** The answer is kept for replays. */
  claim?: IdempotencyClaim;
  /** So many parts of the upload's files are staged now, one more than before. */
  parts_staged?: number;
}

export type Claimed =
  | { outcome: 'claimed'; claim: IdempotencyClaim; resume?: Record<string, unknown> }
  /** `body_hash` is the first request's: a claimant that came without one compares once its own body was read. */
  | { outcome: 'replay'; status: number; body: unknown; headers: Record<string, string>; body_hash: string }
  | { outcome: 'running' }
  | { outcome: 'reused' };
