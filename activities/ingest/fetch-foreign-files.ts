import type { FileRef, IngestPart, IngestRecord } from '../../store/ingests';
import { ObjectError } from '../../store/object-error';
import type { ActivityDeps } from '../deps';
import { fetchPublic } from './fetch-public';
import { UnreadableFile } from './unreadable-file';

/**
 * Brings files from hosts that the operator allowed into the object store, so that the rest reads them like any other
 * and an attempt that dies starts again with those it has.
 * @throws UnreadableFile
 */
export async function fetchForeignFiles(deps: ActivityDeps, ingest: IngestRecord, signal: AbortSignal): Promise<void> {
  for (const [index, part] of ingest.parts.entries()) {
    const fetched = await fetchPart(deps, ingest, part, signal);
    if (fetched === part) continue;
    ingest.parts[index] = fetched;
    await deps.ingests.replacePart(ingest.upload_id, index, fetched);
  }
}

async function fetchPart(
  deps: ActivityDeps,
  ingest: IngestRecord,
  part: IngestPart,
  signal: AbortSignal,
): Promise<IngestPart> {
  const files = [part.rows, ...part.vectors, ...part.assets];
  if (files.every((file) => 'object_id' in file)) return part;
  const own = (file: FileRef): Promise<FileRef> =>
    'object_id' in file ? Promise.resolve(file) : fetchFile(deps, ingest, file.url, signal);
  return {
    ...part,
    rows: await own(part.rows),
    vectors: await Promise.all(part.vectors.map(own)),
    assets: await Promise.all(part.assets.map(own)),
  };
}

async function fetchFile(
  { objects, dataHosts }: ActivityDeps,
  { project, dataset, upload_id }: IngestRecord,
  url: string,
  signal: AbortSignal,
): Promise<FileRef> {
  const filename = new URL(url).pathname.split('/').at(-1) ?? '';
  const { object_id, upload_token } = await objects.create({ project, dataset, filename, kind: 'FILE' });
  try {
    await objects.putWhole(upload_token, await fetchPublic(url, dataHosts, signal));
  } catch (error) {
    if (error instanceof ObjectError) throw new UnreadableFile(`${url} cannot be used: ${error.message}`);
    throw error;
  }
  await objects.claim([object_id], upload_id);
  return { object_id };
}
