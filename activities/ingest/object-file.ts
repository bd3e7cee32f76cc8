import type { FileRef } from '../../store/ingests';
import type { ObjectStore } from '../../store/objects';
import type { RandomAccessFile } from './random-access-file';
import { UnreadableFile } from './unreadable-file';

/** A file of an upload, in the object store. */
export class ObjectFile implements RandomAccessFile {
  private constructor(
    private readonly objects: ObjectStore,
    private readonly object_id: string,
    readonly name: string,
    readonly size: number,
  ) {}

  /** @throws UnreadableFile when it is gone */
  static async open(objects: ObjectStore, file: FileRef): Promise<ObjectFile> {
    const object = 'object_id' in file ? await objects.get(file.object_id) : null;
    if (object?.state !== 'COMPLETE') throw new UnreadableFile('A file of the upload is gone; upload it again');
    return new ObjectFile(objects, object.object_id, object.filename, object.size ?? object.received);
  }

  async read(start: number, length: number): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array();
    const pieces: Uint8Array[] = [];
    for await (const piece of this.objects.read(this.object_id, { start, end: start + length - 1 })) pieces.push(piece);
    const [only] = pieces;
    return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
  }

  /** From the first byte to the last. */
  pieces(): AsyncIterable<Uint8Array> {
    return this.objects.read(this.object_id);
  }
}
