import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RandomAccessFile } from '../../activities/ingest/random-access-file';

const FOLDER = join(__dirname, 'arrow-files');

/** The versions of pyarrow and pandas that test/support/make-arrow-files.py wrote the files with. */
export const WRITERS = ['pyarrow14', 'pyarrow20'] as const;

export function arrowBytes(name: string, writer: (typeof WRITERS)[number] = 'pyarrow20'): Buffer {
  return readFileSync(join(FOLDER, `${name}-${writer}.arrow`));
}

/** A file in memory; it tells how much of it was asked for at once. */
export function inMemory(bytes: Uint8Array, name = 'vectors.arrow'): RandomAccessFile & { longest: number } {
  return {
    name,
    size: bytes.length,
    longest: 0,
    read(start, length) {
      this.longest = Math.max(this.longest, length);
      if (start < 0 || start + length > bytes.length) throw new Error(`Read beyond the file: ${start}, ${length}`);
      // Stored pieces begin anywhere in their buffers.
      const shifted = new Uint8Array(length + 3);
      shifted.set(bytes.subarray(start, start + length), 3);
      return Promise.resolve(shifted.subarray(3));
    },
  };
}
