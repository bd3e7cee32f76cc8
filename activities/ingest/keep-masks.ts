import type { FileRef, IngestRecord } from '../../store/ingests';
import type { ActivityDeps } from '../deps';
import { readAssets } from './asset-file';
import { ObjectFile } from './object-file';
import { UnreadableFile } from './unreadable-file';

/** Masks that one part may bring: their links are in memory while its rows are read. */
const MAX_MASKS = 200_000;

/**
 * Keeps the masks of an upload's asset files as assets of the dataset; links to them by what labels name them by, or
 * undefined when there are no such files.
 * @throws UnreadableFile
 */
export async function keepMasks(
  { objects }: ActivityDeps,
  { project, dataset }: IngestRecord,
  files: readonly FileRef[],
): Promise<ReadonlyMap<string, string> | undefined> {
  if (files.length === 0) return undefined;
  const links = new Map<string, string>();
  for (const file of files) {
    for await (const { assets } of readAssets(await ObjectFile.open(objects, file))) {
      for (const { uuid, value } of assets) {
        if (links.size >= MAX_MASKS)
          throw new UnreadableFile(`Expected at most ${MAX_MASKS} masks in one asset file, got more`);
        const filename = `${uuid}.png`;
        const { object_id, upload_token } = await objects.create({ project, dataset, filename, kind: 'ASSET' });
        await objects.putWhole(upload_token, once(value), value.length);
        links.set(uuid, `/objects/${object_id}`);
      }
    }
  }
  return links;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
