import type { IngestRecord } from '../../store/ingests';
import type { ObjectStore } from '../../store/objects';
import { ArrowFile } from './arrow-file';
import { ObjectFile } from './object-file';
import { UnreadableFile } from './unreadable-file';

const HEAD_BYTES = 4_096;
const OPENING_BRACE = 0x7b;
const WHITE_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Looks at the frame of every file before anything is staged, so that an upload of the wrong files is refused as a
 * whole. What is wrong inside a row is found when it is read.
 * @throws UnreadableFile
 */
export async function checkFiles(objects: ObjectStore, { parts }: IngestRecord): Promise<void> {
  for (const { rows, crops, vectors, assets } of parts) {
    for (const file of crops === undefined ? [rows] : [rows, crops]) {
      await checkJsonLines(await ObjectFile.open(objects, file));
    }
    for (const file of [...vectors, ...assets]) await ArrowFile.open(await ObjectFile.open(objects, file));
  }
}

async function checkJsonLines(file: ObjectFile): Promise<void> {
  const head = await file.read(0, Math.min(file.size, HEAD_BYTES));
  const first = head.find((byte) => !WHITE_SPACE.has(byte));
  if (first === OPENING_BRACE || (first === undefined && file.size <= HEAD_BYTES)) return;
  throw new UnreadableFile(`Expected JSON lines in ${file.name}, one object a line, but it does not begin with "{"`);
}
