/** A value as JSON has it, or an integer beyond a double's; what is undefined is left out. */
type Plain = string | number | bigint | boolean | null | undefined | object;

/** Texts up to this length are written unit by unit; a call into the engine costs more than that. */
const SHORT_TEXT = 48;

/** Element types, see bsonspec.org. */
const DOUBLE = 0x01;
const STRING = 0x02;
const OBJECT = 0x03;
const ARRAY = 0x04;
const BOOLEAN = 0x08;
const NULL = 0x0a;
const INT32 = 0x10;
const INT64 = 0x12;

/**
 * Writes documents of plain values as BSON, one behind the other into one block, byte for byte as the driver does with
 * `ignoreUndefined`. The driver's serialiser takes about four times as long, since any value may be one of its types.
 * Keys may hold no NUL character and texts no lone surrogate: both are for the caller to see to.
 */
export class BsonWriter {
  length = 0;
  private block = Buffer.alloc(0);
  private view = new DataView(this.block.buffer);

  /** @param capacity bytes that are most likely needed, once any are */
  constructor(private readonly capacity: number) {}

  /** The documents so far, not copied: valid until the next one. */
  bytes(): Buffer {
    return this.block.subarray(0, this.length);
  }

  /** Opens a document; answers what `end` needs to close it. */
  begin(): number {
    this.reserve(4);
    this.length += 4;
    return this.length - 4;
  }

  /** Closes a document or the object in it that was begun last. */
  end(begun: number): void {
    this.reserve(1);
    this.block[this.length++] = 0;
    this.view.setInt32(begun, this.length - begun, true);
  }

  /** One member of the document that is open; nothing when its value is undefined. */
  member(key: string, value: Plain): void {
    switch (typeof value) {
      case 'string':
        this.head(STRING, key);
        return this.text(value);
      case 'number':
        return this.number(key, value);
      case 'boolean':
        this.head(BOOLEAN, key);
        this.reserve(1);
        this.block[this.length++] = value ? 1 : 0;
        return;
      case 'bigint':
        this.head(INT64, key);
        this.reserve(8);
        this.view.setBigInt64(this.length, value, true);
        this.length += 8;
        return;
      case 'object':
        if (value === null) this.head(NULL, key);
        else if (Array.isArray(value)) this.array(key, value as Plain[]);
        else this.object(key, value as Readonly<Record<string, Plain>>);
        return;
      case 'undefined':
      case 'function':
      case 'symbol':
        return;
    }
  }

  private object(key: string, value: Readonly<Record<string, Plain>>): void {
    this.head(OBJECT, key);
    const begun = this.begin();
    for (const inner in value) this.member(inner, value[inner]);
    this.end(begun);
  }

  private array(key: string, values: readonly Plain[]): void {
    this.head(ARRAY, key);
    const begun = this.begin();
    // A place in an array cannot be left out.
    for (let at = 0; at < values.length; at++) this.member(position(at), values[at] ?? null);
    this.end(begun);
  }

  private number(key: string, value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.head(INT32, key);
      this.reserve(4);
      this.view.setInt32(this.length, value, true);
      this.length += 4;
    } else {
      this.head(DOUBLE, key);
      this.reserve(8);
      this.view.setFloat64(this.length, value, true);
      this.length += 8;
    }
  }

  private head(type: number, key: string): void {
    this.reserve(3 * key.length + 2);
    this.block[this.length++] = type;
    this.units(key);
    this.block[this.length++] = 0;
  }

  private text(value: string): void {
    this.reserve(3 * value.length + 5);
    const at = this.length;
    this.length += 4;
    this.units(value);
    this.block[this.length++] = 0;
    this.view.setInt32(at, this.length - at - 4, true);
  }

  /** A text's UTF-8 bytes; there is room for them. */
  private units(value: string): void {
    const { block, length: start } = this;
    const count = value.length;
    if (count <= SHORT_TEXT) {
      let at = 0;
      for (; at < count; at++) {
        const unit = value.charCodeAt(at);
        if (unit >= 0x80) break;
        block[start + at] = unit;
      }
      if (at === count) {
        this.length = start + count;
        return;
      }
    }
    this.length = start + block.write(value, start, 'utf8');
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.block.length) return;
    const block = Buffer.allocUnsafeSlow(Math.max(this.capacity, 2 * this.block.length, this.length + bytes));
    this.block.copy(block, 0, 0, this.length);
    this.block = block;
    this.view = new DataView(block.buffer);
  }
}

const POSITIONS = Array.from({ length: 1_000 }, (_, at) => String(at));

function position(at: number): string {
  return POSITIONS[at] ?? String(at);
}
