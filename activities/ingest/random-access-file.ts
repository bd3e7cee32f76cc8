/** A file that can be read from anywhere. */
export interface RandomAccessFile {
  /** For messages to the uploader. */
  name: string;
  /** In bytes. */
  size: number;
  /** The bytes from `start` on, as many as asked for; the caller stays within the file. */
  read(start: number, length: number): Promise<Uint8Array>;
}
