import { canonicalJson } from './canonical-json';
import type { FrameContent, Label, StoredLabel } from './frame';

/** SHA-256 of a text's UTF-8 bytes, 64 lower-case hex digits. */
export type Sha256 = (text: string) => string;

/** The content hash of a version without frames, and the hash of a tombstone. */
export const EMPTY_HASH = '0'.repeat(64);

/**
 * The hash of one frame: its id and content in normal form, each with its length in front (UTF-16 units), so that no
 * two pairs run into the same text. Vectors count by their digests; `since` does not count, so that equal content has
 * an equal hash whatever its history.
 */
export function frameHash(frame_id: string, content: FrameContent, sha256: Sha256): string {
  const text = canonicalJson(withoutSince(content));
  return sha256(`${frame_id.length}:${frame_id}${text.length}:${text}`);
}

function withoutSince(content: FrameContent): FrameContent {
  const { labels } = content;
  if (labels === undefined || !labels.some(isStored)) return content;
  return { ...content, labels: labels.map(plainLabel) };
}

function isStored(label: Label): boolean {
  return 'since' in label;
}

/** A stored label's content alone. */
export function plainLabel(label: Label | StoredLabel): Label {
  const { since: _since, ...plain } = label as StoredLabel;
  return plain;
}

/**
 * Remembers the hash of each content object, for deciding in two steps (`needsContent`, then `decide`) without
 * hashing twice. Contents must not be changed after their first hash.
 */
export function rememberHashes(
  hashFrame: (frame_id: string, content: FrameContent) => string,
): (frame_id: string, content: FrameContent) => string {
  const hashes = new WeakMap<FrameContent, string>();
  return (frame_id, content) => {
    let hash = hashes.get(content);
    if (hash === undefined) {
      hash = hashFrame(frame_id, content);
      hashes.set(content, hash);
    }
    return hash;
  };
}

const MASK = 2n ** 256n - 1n;

/**
 * A sum of frame hashes modulo 2^256: the content hash of a version. It does not depend on the order of frames, and
 * adding or removing one costs the same however many there are. A plain sum stands against accident, not against a
 * forger, who could choose frames whose hashes cancel out.
 */
export class HashSum {
  private sum: bigint;

  /** Starts from a content hash, by default that of no frames. */
  constructor(hash: string = EMPTY_HASH) {
    this.sum = parse(hash);
  }

  /** Counts a frame hash in; the zero hash of a tombstone changes nothing. */
  add(hash: string): void {
    this.sum += parse(hash);
  }

  /** Takes a frame hash out. */
  subtract(hash: string): void {
    this.sum -= parse(hash);
  }

  /** The sum so far, 64 hex digits. */
  toString(): string {
    return (this.sum & MASK).toString(16).padStart(64, '0');
  }
}

/** The content hash with one more frame or partial sum. */
export function addHash(sum: string, hash: string): string {
  const total = new HashSum(sum);
  total.add(hash);
  return total.toString();
}

/** The content hash with one frame or partial sum less. */
export function subtractHash(sum: string, hash: string): string {
  const total = new HashSum(sum);
  total.subtract(hash);
  return total.toString();
}

function parse(hash: string): bigint {
  return BigInt(`0x${hash}`);
}
