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
 * hashing twice. It keeps every content that it was given, none of which may be changed: use one for a few items.
 */
export function rememberHashes(
  hashFrame: (frame_id: string, content: FrameContent) => string,
): (frame_id: string, content: FrameContent) => string {
  const hashes = new Map<FrameContent, string>();
  return (frame_id, content) => {
    let hash = hashes.get(content);
    if (hash === undefined) {
      hash = hashFrame(frame_id, content);
      hashes.set(content, hash);
    }
    return hash;
  };
}

/** A sum modulo 2^256 in parts of 32 bits, the lowest last. */
const PARTS = 8;
const BASE = 2 ** 32;
/** So many can be added up in each part before its carry must move on: a double holds 53 bits exactly. */
const MOST_ADDED = 2 ** 20;

/**
 * A sum of frame hashes modulo 2^256: the content hash of a version. It does not depend on the order of frames, and
 * adding or removing one costs the same however many there are. A plain sum stands against accident, not against a
 * forger, who could choose frames whose hashes cancel out.
 */
export class HashSum {
  private readonly parts = new Float64Array(PARTS);
  private added = 0;

  /** Starts from a content hash, by default that of no frames. */
  constructor(hash: string = EMPTY_HASH) {
    this.add(hash);
  }

  /** Counts a frame hash in; the zero hash of a tombstone changes nothing. */
  add(hash: string): void {
    this.count(hash, 1);
  }

  /** Takes a frame hash out. */
  subtract(hash: string): void {
    this.count(hash, -1);
  }

  /** The sum so far, 64 hex digits. */
  toString(): string {
    this.carry();
    return Array.from(this.parts, (part) => part.toString(16).padStart(8, '0')).join('');
  }

  private count(hash: string, sign: 1 | -1): void {
    if (++this.added > MOST_ADDED) this.carry();
    for (let part = 0; part < PARTS; part++) this.parts[part]! += sign * eightDigits(hash, part * 8);
  }

  /** Brings every part back into 32 bits. */
  private carry(): void {
    let carried = 0;
    for (let part = PARTS - 1; part >= 0; part--) {
      const sum = this.parts[part]! + carried;
      carried = Math.floor(sum / BASE);
      this.parts[part] = sum - carried * BASE;
    }
    this.added = 1;
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

/** Eight hex digits as a number. */
function eightDigits(hash: string, from: number): number {
  let value = 0;
  for (let at = from; at < from + 8; at++) {
    const unit = hash.charCodeAt(at);
    value = value * 16 + (unit >= 0x61 ? unit - 0x57 : unit - 0x30);
  }
  return value;
}
