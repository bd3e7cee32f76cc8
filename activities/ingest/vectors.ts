import type { FrameVectors } from '../../domain/frame';
import { EmbeddingFile, type EmbeddingBatch } from './embedding-file';
import type { RandomAccessFile } from './random-access-file';
import { UnreadableFile } from './unreadable-file';

/** Bytes of ids that an index of a file may hold. */
const INDEX_BYTES = 64 * 1024 * 1024;
/** What an entry of a map costs beside the characters of its key. */
const ENTRY_BYTES = 64;

/** Finds the vectors of rows in the Arrow files that belong to them (protocol 5.8). */
export class Vectors {
  private constructor(private readonly files: readonly VectorFile[]) {}

  /** @throws UnreadableFile */
  static async open(sources: readonly RandomAccessFile[], indexBytes = INDEX_BYTES): Promise<Vectors> {
    const files: VectorFile[] = [];
    for (const source of sources) files.push(new VectorFile(await EmbeddingFile.open(source), indexBytes));
    return new Vectors(files);
  }

  /**
   * The vectors of a frame and of its labels, those the files have. Cheapest when frames are asked for in the files'
   * order.
   * @throws UnreadableFile
   */
  async of(frame_id: string, label_ids: readonly string[]): Promise<FrameVectors> {
    const found: FrameVectors = { labels: new Map() };
    for (const file of this.files) await file.find(frame_id, new Set(label_ids), found);
    return found;
  }
}

/** A row's place: the record batch and the row in it. */
interface Place {
  batch: number;
  row: number;
}

class VectorFile {
  /** The row that the next frame asked for should have. */
  private next: Place = { batch: 0, row: 0 };
  private loaded: { index: number; batch: EmbeddingBatch } | undefined;
  private index: FileIndex | undefined;

  constructor(
    private readonly file: EmbeddingFile,
    private readonly indexBytes: number,
  ) {}

  async find(frame_id: string, label_ids: ReadonlySet<string>, found: FrameVectors): Promise<void> {
    const place = this.file.has.frames ? await this.rowOfFrame(frame_id) : await this.rowOfLabels(label_ids);
    if (place === undefined) return;
    this.next = { batch: place.batch, row: place.row + 1 };
    const row = (await this.load(place.batch)).read(place.row);
    if (row.frame !== undefined) found.frame = row.frame;
    for (const [label_id, vector] of row.crops) if (label_ids.has(label_id)) found.labels.set(label_id, vector);
  }

  private async rowOfFrame(frame_id: string): Promise<Place | undefined> {
    const next = await this.nextRow();
    if (next !== undefined && next.batch.frameId(next.place.row) === frame_id) return next.place;
    return (await this.built()).rowOfFrame.get(frame_id);
  }

  /**
   * Without frame ids a row is known by its labels. A row without labels fits any frame, so that it is taken only when
   * no other row has the frame's labels.
   */
  private async rowOfLabels(label_ids: ReadonlySet<string>): Promise<Place | undefined> {
    const next = await this.nextRow();
    const inNext = next === undefined ? [] : next.batch.cropIds(next.place.row);
    if (inNext.length > 0 && inNext.every((id) => id === null || label_ids.has(id))) return next?.place;
    if (label_ids.size > 0) {
      const { rowOfLabel } = await this.built();
      for (const label_id of label_ids) {
        const place = rowOfLabel.get(label_id);
        if (place !== undefined) return place;
      }
    }
    return inNext.length === 0 ? next?.place : undefined;
  }

  private async nextRow(): Promise<{ place: Place; batch: EmbeddingBatch } | undefined> {
    while (this.next.batch < this.file.batches) {
      const batch = await this.load(this.next.batch);
      if (this.next.row < batch.length) return { place: this.next, batch };
      this.next = { batch: this.next.batch + 1, row: 0 };
    }
    return undefined;
  }

  private async load(index: number): Promise<EmbeddingBatch> {
    if (this.loaded?.index !== index) {
      this.loaded = undefined;
      this.loaded = { index, batch: await this.file.batch(index) };
    }
    return this.loaded.batch;
  }

  private async built(): Promise<FileIndex> {
    if (this.index !== undefined) return this.index;
    const index = new FileIndex(this.file.name, this.indexBytes);
    for (let batch = 0; batch < this.file.batches; batch++) {
      const rows = await this.load(batch);
      for (let row = 0; row < rows.length; row++) index.add(rows, { batch, row });
    }
    return (this.index = index);
  }
}

/** Where the vectors of frames and labels lie, for files in another order than the rows; of two rows the later. */
class FileIndex {
  readonly rowOfFrame = new Map<string, Place>();
  readonly rowOfLabel = new Map<string, Place>();
  private bytes = 0;

  constructor(
    private readonly name: string,
    private readonly limit: number,
  ) {}

  add(rows: EmbeddingBatch, place: Place): void {
    const frame_id = rows.frameId(place.row);
    if (typeof frame_id === 'string') return this.put(this.rowOfFrame, frame_id, place);
    for (const label_id of rows.cropIds(place.row)) {
      if (label_id !== null) this.put(this.rowOfLabel, label_id, place);
    }
  }

  private put(map: Map<string, Place>, id: string, place: Place): void {
    this.bytes += ENTRY_BYTES + 2 * id.length;
    if (this.bytes > this.limit) {
      throw new UnreadableFile(
        `The rows of ${this.name} are in another order than the frames', and too many to be looked up; upload smaller batches`,
      );
    }
    map.set(id, place);
  }
}
