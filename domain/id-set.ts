/**
 * A set of ids in 8 bytes each, for telling duplicates among millions. It compares 64-bit hashes: what it has not seen
 * is new for certain, what it has seen is most likely a duplicate, to be confirmed by whoever must know.
 */
export class IdSet {
  private slots = new Uint32Array(2 * 1024);
  private size = 0;

  /** Adds an id; true when it, or one of the same hash, was in already. */
  add(id: string): boolean {
    if (this.size * 2 > this.slots.length / 2) this.grow();
    const [high, low] = hash64(id);
    if (!insert(this.slots, high, low)) return true;
    this.size++;
    return false;
  }

  private grow(): void {
    const larger = new Uint32Array(this.slots.length * 2);
    for (let at = 0; at < this.slots.length; at += 2)
      if (this.slots[at] !== 0 || this.slots[at + 1] !== 0) insert(larger, this.slots[at]!, this.slots[at + 1]!);
    this.slots = larger;
  }
}

/** Linear probing; a slot of two zeros is empty. */
function insert(slots: Uint32Array, high: number, low: number): boolean {
  const mask = slots.length / 2 - 1;
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = slot * 2;
    if (slots[at] === 0 && slots[at + 1] === 0) {
      slots[at] = high;
      slots[at + 1] = low;
      return true;
    }
    if (slots[at] === high && slots[at + 1] === low) return false;
  }
}

/** Two independent FNV-1a style hashes with a final mix; never both zero. */
function hash64(text: string): [number, number] {
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b) ^ (low >>> 13);
  }
  high = mix(high ^ text.length);
  low = mix(low ^ Math.imul(text.length, 0x27d4eb2f));
  return [high >>> 0, low >>> 0 || 1];
}

function mix(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
  return value ^ (value >>> 16);
}
