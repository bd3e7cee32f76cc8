import { Message, RecordBatchReader, type RecordBatch, type Schema } from 'apache-arrow';
import { checkMessage } from './arrow-message-check';
import type { RandomAccessFile } from './random-access-file';
import { UnreadableFile } from './unreadable-file';

/** What an Arrow file begins with, padded to 8 bytes (Arrow columnar format, "IPC File Format"). */
const MAGIC = Buffer.from('ARROW1');
const HEADER_BYTES = 8;
/** A message begins with this, then the length of its metadata as a 32-bit integer ("Encapsulated message format"). */
const CONTINUATION = 0xffffffff;
const PREFIX_BYTES = 8;

/** A record batch that is larger is refused: it has to be in memory as a whole. */
const MAX_BATCH_BYTES = 512 * 1024 * 1024;
/** Schemas and descriptions of batches are small; dictionaries are read with every batch. */
const MAX_METADATA_BYTES = 64 * 1024;
const MAX_DICTIONARY_BYTES = 64 * 1024 * 1024;

/** The client writes a single record batch. */
const MAX_MESSAGES = 10_000;
/** Messages are small beside the pieces that files are stored in, so several are read at once. */
const WINDOW_BYTES = 128 * 1024;

/** Where a message lies in the file. */
interface Block {
  start: number;
  length: number;
}

/**
 * An Arrow IPC file of which one record batch at a time is in memory, in any order. The batches are found by walking
 * from message to message: what the file is made of is a stream of messages, and its footer only repeats where they are.
 */
export class ArrowFile {
  private constructor(
    private readonly file: RandomAccessFile,
    readonly schema: Schema,
    /** Schema and dictionaries, which each batch needs. */
    private readonly prelude: Uint8Array,
    private readonly blocks: readonly Block[],
  ) {}

  /** @throws UnreadableFile */
  static async open(file: RandomAccessFile): Promise<ArrowFile> {
    await checkMagic(file);
    const { prelude, batches } = await walk(file);
    const schema = decode(file, () => RecordBatchReader.from(prelude).open().schema);
    if (schema === undefined || schema === null) throw damaged(file, 'it has no schema');
    return new ArrowFile(file, schema, prelude, batches);
  }

  get name(): string {
    return this.file.name;
  }

  /** How many record batches there are. */
  get batches(): number {
    return this.blocks.length;
  }

  /** @throws UnreadableFile */
  async batch(index: number): Promise<RecordBatch> {
    const { start, length } = this.blocks[index]!;
    const bytes = await this.file.read(start, length);
    return this.decode(() => {
      for (const batch of RecordBatchReader.from([this.prelude, bytes])) return batch;
      throw new RangeError(`record batch ${index} is empty`);
    });
  }

  /**
   * Reads from a record batch. What that throws, the bytes are to blame for: lengths and offsets come out of the file.
   * @throws UnreadableFile
   */
  decode<T>(read: () => T): T {
    return decode(this.file, read);
  }
}

async function checkMagic(file: RandomAccessFile): Promise<void> {
  const head = file.size < HEADER_BYTES ? new Uint8Array() : await file.read(0, HEADER_BYTES);
  if (!MAGIC.equals(head.subarray(0, MAGIC.length))) {
    throw new UnreadableFile(`Expected an Arrow file in ${file.name}, but it does not begin with ARROW1`);
  }
}

/** Finds the schema, the dictionaries and the record batches. */
async function walk(file: RandomAccessFile): Promise<{ prelude: Uint8Array; batches: Block[] }> {
  const window = new Window(file);
  const prelude: Uint8Array[] = [];
  const batches: Block[] = [];
  let preludeBytes = 0;
  for (let start = HEADER_BYTES; ;) {
    const found = await messageAt(file, window, start);
    if (found === null) break;
    const { message, length } = found;
    if (message.isRecordBatch()) {
      const { compression, length: rows } = decode(file, () => message.header());
      if (compression !== null)
        throw new UnreadableFile(`The Arrow file ${file.name} is compressed; write it without compression`);
      if (length > MAX_BATCH_BYTES) throw tooLarge(file, 'record batch', length, MAX_BATCH_BYTES);
      if (rows > length) throw damaged(file, `it claims ${rows} rows in ${length} bytes`);
      batches.push({ start, length });
    } else {
      preludeBytes += length;
      if (preludeBytes > MAX_DICTIONARY_BYTES) throw tooLarge(file, 'dictionaries', preludeBytes, MAX_DICTIONARY_BYTES);
      prelude.push(await window.read(start, length));
    }
    if (prelude.length + batches.length > MAX_MESSAGES) {
      throw new UnreadableFile(
        `Expected at most ${MAX_MESSAGES} record batches in ${file.name}, got more; upload larger ones`,
      );
    }
    start += length;
  }
  if (prelude.length === 0) throw damaged(file, 'it has no schema');
  return { prelude: Buffer.concat(prelude), batches };
}

/** The message at a place, and its length with its body; null at the end of the stream. */
async function messageAt(
  file: RandomAccessFile,
  window: Window,
  start: number,
): Promise<{ message: Message; length: number } | null> {
  if (start + PREFIX_BYTES > file.size) throw cutOff(file);
  const prefix = await window.read(start, PREFIX_BYTES);
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  if (view.getUint32(0, true) !== CONTINUATION) throw damaged(file, `there is no message at byte ${start}`);
  const metadataBytes = view.getInt32(4, true);
  if (metadataBytes === 0) return null;
  if (metadataBytes < 0 || metadataBytes > MAX_METADATA_BYTES)
    throw damaged(file, `the message at byte ${start} is not one`);
  const body = start + PREFIX_BYTES + metadataBytes;
  if (body > file.size) throw cutOff(file);
  const metadata = await window.read(start + PREFIX_BYTES, metadataBytes);
  const message = decode(file, () => {
    checkMessage(metadata);
    return Message.decode(metadata);
  });
  const { bodyLength } = message;
  if (!Number.isSafeInteger(bodyLength) || bodyLength < 0)
    throw damaged(file, `the message at byte ${start} is not one`);
  if (body + bodyLength > file.size) throw cutOff(file);
  return { message, length: PREFIX_BYTES + metadataBytes + bodyLength };
}

/** The part of a file that was read last; small reads close behind each other are answered from it. */
class Window {
  private start = 0;
  private bytes: Uint8Array = new Uint8Array();

  constructor(private readonly file: RandomAccessFile) {}

  async read(start: number, length: number): Promise<Uint8Array> {
    if (length > WINDOW_BYTES) return this.file.read(start, length);
    if (start < this.start || start + length > this.start + this.bytes.length) {
      this.bytes = await this.file.read(start, Math.min(WINDOW_BYTES, this.file.size - start));
      this.start = start;
    }
    return this.bytes.subarray(start - this.start, start - this.start + length);
  }
}

function decode<T>(file: RandomAccessFile, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw damaged(file, error instanceof Error ? error.message : String(error), error);
  }
}

function damaged({ name }: RandomAccessFile, reason: string, cause?: unknown): UnreadableFile {
  return new UnreadableFile(`The Arrow file ${name} is damaged (${reason}); upload it again`, { cause });
}

function cutOff({ name, size }: RandomAccessFile): UnreadableFile {
  return new UnreadableFile(`The Arrow file ${name} is cut off after ${size} bytes; upload it again`);
}

function tooLarge({ name }: RandomAccessFile, part: string, bytes: number, limit: number): UnreadableFile {
  return new UnreadableFile(
    `Expected at most ${limit} bytes in the ${part} of the Arrow file ${name}, got ${bytes}; upload smaller batches`,
  );
}
