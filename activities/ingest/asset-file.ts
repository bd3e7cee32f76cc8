import { DataType, Vector, type Data, type RecordBatch } from 'apache-arrow';
import { ArrowFile } from './arrow-file';
import { columnOf, isListType, isTextType, listColumn, textColumn } from './arrow-lists';
import type { RandomAccessFile } from './random-access-file';
import { UnreadableFile } from './unreadable-file';

/** A mask as an 8-bit grey PNG. */
export interface MaskAsset {
  asset_type: string;
  /** What the label names it by, as `asset_uuid`. */
  uuid: string;
  value: Uint8Array;
}

/** One row: the masks of a frame's labels. */
export interface AssetRow {
  frame_id: string;
  assets: MaskAsset[];
}

/**
 * The rows of an Arrow file of masks (protocol 5.9), one record batch in memory at a time. The bytes of a mask are valid
 * until the next row is asked for.
 * @throws UnreadableFile
 */
export async function* readAssets(source: RandomAccessFile): AsyncGenerator<AssetRow, void> {
  const file = await ArrowFile.open(source);
  file.decode(() => checkColumns(file));
  for (let index = 0; index < file.batches; index++) {
    const batch = await file.batch(index);
    const rowAt = file.decode(() => rowReader(batch));
    for (let row = 0; row < batch.numRows; row++) {
      const assets = file.decode(() => rowAt(row));
      if (assets !== null) yield assets;
    }
  }
}

/** Reads rows; one without a frame id is none. */
function rowReader(batch: RecordBatch): (row: number) => AssetRow | null {
  const frameIds = textColumn(columnOf(batch, 'frame_ids'));
  const assets = assetColumn(columnOf(batch, 'label_assets'));
  return (row) => {
    const frame_id = frameIds(row);
    return frame_id === null ? null : { frame_id, assets: assets(row) };
  };
}

function assetColumn(data: Data): (row: number) => MaskAsset[] {
  if (DataType.isNull(data.type)) return () => [];
  const lists = listColumn(data);
  // Nulls take no space, so that their number is whatever the file claims.
  if (DataType.isNull(lists.child.type)) return () => [];
  const structs = new Vector([lists.child]);
  return (row) => {
    const [start, end] = lists.range(row) ?? [0, 0];
    const assets: MaskAsset[] = [];
    for (let index = start; index < end; index++) {
      const { asset_type, uuid, value } = (structs.get(index) ?? {}) as Partial<MaskAsset>;
      if (typeof asset_type === 'string' && typeof uuid === 'string' && value instanceof Uint8Array) {
        assets.push({ asset_type, uuid, value });
      }
    }
    return assets;
  };
}

function checkColumns(file: ArrowFile): void {
  const types = new Map(file.schema.fields.map(({ name, type }) => [String(name), type as DataType]));
  const ids = types.get('frame_ids');
  const assets = types.get('label_assets');
  if (ids !== undefined && isTextType(ids) && assets !== undefined && isAssets(assets)) return;
  const found = [...types].map(([name, type]) => `${name}: ${String(type)}`).join(', ') || 'none';
  throw new UnreadableFile(
    `Expected the columns frame_ids (texts) and label_assets (lists of {asset_type, uuid, value}) in ${file.name}, got ${found}`,
  );
}

function isAssets(type: DataType): boolean {
  if (DataType.isNull(type)) return true;
  const inner = isListType(type) ? (type.children[0]?.type as DataType | undefined) : undefined;
  if (inner === undefined) return false;
  if (DataType.isNull(inner)) return true;
  const names = DataType.isStruct(inner) ? inner.children.map(({ name }) => String(name)) : [];
  return ['asset_type', 'uuid', 'value'].every((name) => names.includes(name));
}
