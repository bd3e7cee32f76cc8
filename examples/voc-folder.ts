import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { vocItem, type VocItem } from './voc-item';

export interface VocFile {
  file: string;
  item?: VocItem;
  /** Why the file is no annotation. */
  problem?: string;
}

/** The items of a folder of annotations, in the order of their names; one file is in memory at a time. */
export async function* vocFolder(folder: string, imageBase: string = besideIt(folder)): AsyncGenerator<VocFile> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.xml')).sort();
  for (const name of names) {
    const file = join(folder, name);
    try {
      yield { file, item: vocItem(await readFile(file, 'utf8'), basename(name, '.xml'), imageBase) };
    } catch (error) {
      yield { file, problem: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** VOC keeps the images in JPEGImages, beside Annotations. */
function besideIt(folder: string): string {
  return pathToFileURL(resolve(folder, '..', 'JPEGImages')).href;
}
