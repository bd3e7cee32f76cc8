import { DataType, Precision, util, Vector, type Data, type RecordBatch } from 'apache-arrow';

/** Lists of whatever a child column holds. */
export interface ListColumn {
  length: number;
  child: Data;
  /** Where row `index` lies in the child, end excluded; null when it has no list. */
  range(index: number): [start: number, end: number] | null;
}

/** True for types whose rows are lists, of any of the three layouts. */
export function isListType(type: DataType): boolean {
  return DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type);
}

/** True for texts, also where a dictionary holds them. */
export function isTextType(type: DataType): boolean {
  if (DataType.isDictionary(type)) return isTextType(type.dictionary);
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);
}

/** True for numbers; also for the type of a column that has nothing but nulls. */
export function isNumberType(type: DataType): boolean {
  return DataType.isFloat(type) || DataType.isInt(type) || DataType.isNull(type);
}

/**
 * A column of a record batch, its lengths checked.
 * @throws RangeError
 */
export function columnOf(batch: RecordBatch, name: string): Data {
  const data = batch.getChild(name)?.data[0];
  if (data === undefined) throw new RangeError(`the column ${name} is empty`);
  checkLengths(data);
  return data;
}

/**
 * Checks that a column, with what its lists hold, has the values that it claims: lengths come out of the file, and
 * reading trusts them.
 */
function checkLengths(data: Data): void {
  const { type, length } = data;
  const stored = storedLength(data);
  if (stored < length) throw new RangeError(`a column of ${String(type)} claims ${length} values and has ${stored}`);
  data.children.forEach((child) => checkLengths(child as Data));
}

function storedLength(data: Data): number {
  const { type } = data;
  if (DataType.isNull(type) || DataType.isStruct(type)) return data.length;
  if (DataType.isFixedSizeList(type)) return Math.floor(data.children[0]!.length / Math.max(type.listSize, 1));
  if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) return Math.floor(data.values.length / VIEW_BYTES);
  return data.valueOffsets === undefined ? data.values.length : data.valueOffsets.length - 1;
}

/** A view's length, first bytes and place. */
const VIEW_BYTES = 16;

/**
 * Reads a column of lists, whose type must be one of lists. Offsets come out of the file, so a range that leaves the
 * child throws a RangeError.
 */
export function listColumn(data: Data): ListColumn {
  const child = data.children[0]!;
  const bounds = boundsOf(data);
  return {
    length: data.length,
    child,
    range(index) {
      if (!data.getValid(index)) return null;
      const [start, end] = bounds(index);
      if (start >= 0 && start <= end && end <= child.length) return [start, end];
      throw new RangeError(`row ${index} names values ${start} to ${end} of ${child.length}`);
    },
  };
}

function boundsOf(data: Data): (index: number) => [number, number] {
  if (DataType.isFixedSizeList(data.type)) {
    const size = data.type.listSize;
    return (index) => [index * size, (index + 1) * size];
  }
  const offsets = data.valueOffsets as Int32Array | BigInt64Array;
  return (index) => [Number(offsets[index]), Number(offsets[index + 1])];
}

/** Reads texts; null where there is none. */
export function textColumn(data: Data): (index: number) => string | null {
  if (DataType.isNull(data.type)) return () => null;
  const vector = new Vector([data]);
  return (index) => vector.get(index) as string | null;
}

/** Reads runs of numbers as 32-bit floats; NaN stands where there is none. */
export function numberColumn(data: Data): (start: number, end: number) => Float32Array {
  // Nulls take no space, so that their number is whatever the file claims.
  if (DataType.isNull(data.type)) return () => Float32Array.of(NaN);
  const read = valueReader(data);
  return (start, end) => {
    const run = new Float32Array(end - start);
    for (let i = start; i < end; i++) run[i - start] = data.getValid(i) ? read(i) : NaN;
    return run;
  };
}

function valueReader(data: Data): (index: number) => number {
  const values = data.values as ArrayLike<number | bigint>;
  if (DataType.isFloat(data.type) && data.type.precision === Precision.HALF) {
    return (index) => util.uint16ToFloat64(Number(values[index]));
  }
  return (index) => Number(values[index]);
}
