import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';
import type { JsonObject } from '../../../domain/json';
import type { IngestPart, IngestRecord, RowFormat } from '../../../store/ingests';
import type { DatasetRecord, KeyRecord } from '../../../store/records';
import type { ApiDeps } from '../../deps';
import { ApiProblem } from '../../problem';

/** Until then a call waits to say what is wrong with its files; larger uploads go on in the background. */
const WAIT_MS = 20_000;
const LOOK_MS = 50;

export interface WantedIngest {
  kind: 'STREAMING' | 'BATCH';
  /** What the client calls it; null when it does not care. */
  upload_version: string | null;
  format: Omit<RowFormat, 'public_url'>;
  parts: IngestPart[];
  message: string;
  /** Replaces what the dataset has, once the upload is taken. */
  external_metadata?: JsonObject | null;
}

/**
 * Opens an upload of files, or finds the one of the same name, and waits a little while a worker reads the files.
 * Everything after that is told by the upload's windows.
 * @throws ApiProblem invalid_request when the files cannot be read
 */
export async function openIngest(
  { store, hints, publicUrl }: ApiDeps,
  res: Response,
  dataset: DatasetRecord,
  { kind, upload_version, format, parts, message, external_metadata }: WantedIngest,
  { key_id }: KeyRecord,
): Promise<{ upload_id: string }> {
  const { project, key } = dataset;
  const upload = await store.ingests.open(key, {
    external_id: upload_version ?? nameOf(format, parts),
    kind,
    created_by: key_id,
    message,
    format: { ...format, public_url: publicUrl() },
    parts,
  });
  const { upload_id } = upload;
  if (upload.staging) await store.objects.claim(objectsOf(parts), upload_id);
  hints.uploadChanged({ project, dataset: dataset.dataset, key, upload_id, kind: upload.kind });
  if (external_metadata) await store.datasets.setExternalMetadata(key, external_metadata);
  const until = Date.now() + WAIT_MS;
  for (;;) {
    const ingest = await store.ingests.get(upload_id);
    if (ingest === null || ingest.state === 'STAGED') break;
    if (ingest.state === 'FAILED') throw unreadable(ingest);
    if (Date.now() > until || res.closed) break;
    await sleep(LOOK_MS);
  }
  return { upload_id };
}

/** Files are uploaded anew for each call, so the same files are the same call again. */
function nameOf(format: WantedIngest['format'], parts: readonly IngestPart[]): string {
  return createHash('sha256')
    .update(JSON.stringify([format, parts]))
    .digest('hex');
}

function objectsOf(parts: readonly IngestPart[]): string[] {
  return parts
    .flatMap(({ rows, crops, vectors, assets }) => [rows, ...(crops ? [crops] : []), ...vectors, ...assets])
    .flatMap((file) => ('object_id' in file ? file.object_id : []));
}

function unreadable({ error, upload_id }: IngestRecord): ApiProblem {
  const message = error?.message ?? `The files of upload ${upload_id} could not be read`;
  return new ApiProblem('invalid_request', message);
}
