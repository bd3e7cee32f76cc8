const FIRST_CAPACITY = 16 * 1024;

/**
 * Bytes gathered in one growing block. A list of pieces would cost more than its bytes when a client sends them one by
 * one.
 */
export class ByteBuffer {
  length = 0;
  private block: Buffer;

  constructor(capacity = FIRST_CAPACITY) {
    this.block = Buffer.allocUnsafe(capacity);
  }

  append(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (length > this.block.length) this.grow(length);
    this.block.set(bytes, this.length);
    this.length = length;
  }

  appendByte(byte: number): void {
    if (this.length === this.block.length) this.grow(this.length + 1);
    this.block[this.length++] = byte;
  }

  /** The bytes so far, not copied: valid until the next change. */
  view(): Buffer {
    return this.block.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.block.length));
    this.block.copy(larger, 0, 0, this.length);
    this.block = larger;
  }
}
