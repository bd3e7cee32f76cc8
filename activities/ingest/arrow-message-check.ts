/** Header types of messages (Arrow, Message.fbs). */
const SCHEMA = 1;
const DICTIONARY_BATCH = 2;
const RECORD_BATCH = 3;

/** Tables that one message may have; ours have some twenty. */
const MAX_TABLES = 5_000;

/**
 * Checks that the lists in a message's metadata are no longer than the metadata itself. The Arrow library reads a
 * FlatBuffer as it finds it: of a list that claims a billion entries it makes a billion objects.
 * @param metadata the FlatBuffer of a message
 * @throws RangeError
 */
export function checkMessage(metadata: Uint8Array): void {
  const message = new Tables(metadata).root();
  message.tables(4);
  const header = message.table(2);
  switch (message.byte(1)) {
    case SCHEMA:
      header?.tables(2);
      header?.tables(1).forEach(checkField);
      return;
    case DICTIONARY_BATCH:
      checkRecordBatch(header?.table(1));
      return;
    case RECORD_BATCH:
      checkRecordBatch(header);
  }
}

function checkField(field: FlatTable): void {
  field.tables(6);
  field.tables(5).forEach(checkField);
}

/** Its nodes and buffers are pairs of 64-bit integers. */
function checkRecordBatch(batch: FlatTable | undefined): void {
  batch?.vector(1, 16);
  batch?.vector(2, 16);
  batch?.vector(4, 8);
}

/** The tables of a FlatBuffer; a DataView refuses to read beyond its end. */
class Tables {
  private readonly view: DataView;
  private taken = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  root(): FlatTable {
    return this.at(this.view.getUint32(0, true));
  }

  at(place: number): FlatTable {
    // Tables may be shared, so that a small buffer can hold endlessly many.
    if (++this.taken > MAX_TABLES) throw new RangeError(`a message has more than ${MAX_TABLES} parts`);
    return new FlatTable(this, this.view, place);
  }
}

/** A table of a FlatBuffer; its fields are known by their numbers in the schema. */
class FlatTable {
  constructor(
    private readonly all: Tables,
    private readonly view: DataView,
    private readonly place: number,
  ) {}

  /** 0 when absent. */
  byte(field: number): number {
    const at = this.field(field);
    return at === undefined ? 0 : this.view.getUint8(at);
  }

  table(field: number): FlatTable | undefined {
    const at = this.field(field);
    return at === undefined ? undefined : this.all.at(at + this.view.getUint32(at, true));
  }

  tables(field: number): FlatTable[] {
    const { start, count } = this.vector(field, 4);
    return Array.from({ length: count }, (_, index) => {
      const at = start + 4 * index;
      return this.all.at(at + this.view.getUint32(at, true));
    });
  }

  /** Where a list begins, and how many entries of so many bytes it has. */
  vector(field: number, entryBytes: number): { start: number; count: number } {
    const at = this.field(field);
    if (at === undefined) return { start: 0, count: 0 };
    const place = at + this.view.getUint32(at, true);
    const count = this.view.getUint32(place, true);
    const start = place + 4;
    if (start + count * entryBytes <= this.view.byteLength) return { start, count };
    throw new RangeError(`a list claims ${count} entries in ${this.view.byteLength} bytes`);
  }

  /** Where a field lies; undefined when the table has none. */
  private field(field: number): number | undefined {
    const fields = this.place - this.view.getInt32(this.place, true);
    const entry = 4 + 2 * field;
    if (entry >= this.view.getUint16(fields, true)) return undefined;
    const offset = this.view.getUint16(fields + entry, true);
    return offset === 0 ? undefined : this.place + offset;
  }
}
