import { type Data, DataType, type RecordBatch } from 'apache-arrow';
import { ArrowFile } from './arrow-file';
import { columnOf, isListType, isNumberType, isTextType, listColumn, numberColumn, textColumn } from './arrow-lists';
import type { RandomAccessFile } from './random-access-file';
import { UnreadableFile } from './unreadable-file';

/** One row: the vectors of a frame and of its labels. */
export interface EmbeddingRow {
  /** Absent in files of label vectors alone. */
  frame_id?: string;
  /** Absent where the row has none. */
  frame?: Float32Array;
  crops: [label_id: string, vector: Float32Array][];
}

/** A record batch in memory, its rows read one by one. */
export interface EmbeddingBatch {
  length: number;
  /** Undefined in files of label vectors alone, null where the row names none. */
  frameId(row: number): string | null | undefined;
  /** The labels of a row, also those without a vector. */
  cropIds(row: number): (string | null)[];
  /** @throws UnreadableFile */
  read(row: number): EmbeddingRow;
}

/**
 * An Arrow file of vectors (protocol 5.8), one row a frame: `frame_ids` with `frame_embeddings`, `crop_ids` with
 * `crop_embeddings`, or all four. Vectors may be lists of any layout and of any kind of numbers.
 */
export class EmbeddingFile {
  private constructor(
    private readonly file: ArrowFile,
    /** Whether there are vectors of frames, and of labels. */
    readonly has: { frames: boolean; crops: boolean },
  ) {}

  /** @throws UnreadableFile */
  static async open(source: RandomAccessFile): Promise<EmbeddingFile> {
    const file = await ArrowFile.open(source);
    return new EmbeddingFile(
      file,
      file.decode(() => checkColumns(file)),
    );
  }

  get name(): string {
    return this.file.name;
  }

  /** How many record batches there are. */
  get batches(): number {
    return this.file.batches;
  }

  /** @throws UnreadableFile */
  async batch(index: number): Promise<EmbeddingBatch> {
    const batch = await this.file.batch(index);
    return this.file.decode(() => new Rows(this.file, batch, this.has));
  }

  /** All rows, one record batch in memory at a time. */
  async *rows(): AsyncGenerator<EmbeddingRow, void> {
    for (let index = 0; index < this.batches; index++) {
      const batch = await this.batch(index);
      for (let row = 0; row < batch.length; row++) yield batch.read(row);
    }
  }
}

/** The types that a column may have. */
const COLUMNS: Record<string, { expected: string; fits: (type: DataType) => boolean }> = {
  frame_ids: { expected: 'texts', fits: isTextType },
  frame_embeddings: { expected: 'lists of numbers', fits: isVectorType },
  crop_ids: { expected: 'lists of texts', fits: (type) => isListOf(type, isTextType) },
  crop_embeddings: { expected: 'lists of lists of numbers', fits: (type) => isListOf(type, isVectorType) },
};

function isVectorType(type: DataType): boolean {
  return isListOf(type, isNumberType);
}

/** A column or a list without any value has the type of nulls. */
function isListOf(type: DataType, fits: (inner: DataType) => boolean): boolean {
  if (DataType.isNull(type)) return true;
  const inner = isListType(type) ? (type.children[0]?.type as DataType | undefined) : undefined;
  return inner !== undefined && (DataType.isNull(inner) || fits(inner));
}

/** Which vectors the file has. */
function checkColumns(file: ArrowFile): { frames: boolean; crops: boolean } {
  const types = new Map(file.schema.fields.map(({ name, type }) => [String(name), type as DataType]));
  const has = {
    frames: checkPair(file, types, 'frame_ids', 'frame_embeddings'),
    crops: checkPair(file, types, 'crop_ids', 'crop_embeddings'),
  };
  if (has.frames || has.crops) return has;
  const found = [...types.keys()].join(', ') || 'none';
  throw new UnreadableFile(
    `Expected the columns frame_ids and frame_embeddings, crop_ids and crop_embeddings, or all four in ${file.name}, got ${found}`,
  );
}

/** True when both columns are there. */
function checkPair(file: ArrowFile, types: ReadonlyMap<string, DataType>, ids: string, vectors: string): boolean {
  if (!types.has(ids) && !types.has(vectors)) return false;
  for (const name of [ids, vectors]) {
    const type = types.get(name);
    if (type === undefined) throw new UnreadableFile(`Expected a column ${name} in ${file.name}, got none`);
    const { expected, fits } = COLUMNS[name]!;
    if (fits(type)) continue;
    throw new UnreadableFile(`Expected ${expected} in the column ${name} of ${file.name}, got ${String(type)}`);
  }
  return true;
}

class Rows implements EmbeddingBatch {
  readonly length: number;
  readonly frameId: (row: number) => string | null | undefined;
  private readonly ids: (row: number) => (string | null)[];
  private readonly frameVector: (row: number) => Float32Array | null;
  private readonly cropVectors: (row: number) => (Float32Array | null)[];

  constructor(
    private readonly file: ArrowFile,
    batch: RecordBatch,
    has: { frames: boolean; crops: boolean },
  ) {
    this.length = batch.numRows;
    const column = (key: string): Data => columnOf(batch, key);
    this.frameId = has.frames ? textColumn(column('frame_ids')) : () => undefined;
    this.frameVector = has.frames ? vectorColumn(column('frame_embeddings')) : () => null;
    this.ids = has.crops ? listsOf(column('crop_ids'), textColumn) : () => [];
    this.cropVectors = has.crops ? listsOf(column('crop_embeddings'), vectorColumn) : () => [];
  }

  cropIds(row: number): (string | null)[] {
    return this.file.decode(() => this.ids(row));
  }

  read(row: number): EmbeddingRow {
    return this.file.decode(() => {
      const result: EmbeddingRow = { crops: [] };
      const frame_id = this.frameId(row);
      if (frame_id !== null && frame_id !== undefined) result.frame_id = frame_id;
      const frame = this.frameVector(row);
      if (frame !== null) result.frame = frame;
      const ids = this.ids(row);
      const vectors = this.cropVectors(row);
      if (ids.length !== vectors.length) {
        throw new UnreadableFile(
          `Expected one vector for each label in ${this.file.name}, got ${vectors.length} for ${ids.length} in row ${row + 1}`,
        );
      }
      ids.forEach((id, index) => {
        const vector = vectors[index]!;
        if (id !== null && vector !== null) result.crops.push([id, vector]);
      });
      return result;
    });
  }
}

/** Reads rows that are lists; a row without one is empty. */
function listsOf<T>(data: Data, reader: (child: Data) => (index: number) => T): (row: number) => T[] {
  if (DataType.isNull(data.type)) return () => [];
  const lists = listColumn(data);
  // Nulls take no space, so that their number is whatever the file claims.
  if (DataType.isNull(lists.child.type)) return () => [];
  const read = reader(lists.child);
  return (row) => {
    const range = lists.range(row);
    if (range === null) return [];
    return Array.from({ length: range[1] - range[0] }, (_, index) => read(range[0] + index));
  };
}

/** Reads vectors; a row without numbers has none. */
function vectorColumn(data: Data): (row: number) => Float32Array | null {
  if (DataType.isNull(data.type)) return () => null;
  const lists = listColumn(data);
  const read = numberColumn(lists.child);
  return (row) => {
    const range = lists.range(row);
    return range === null || range[0] === range[1] ? null : read(range[0], range[1]);
  };
}
