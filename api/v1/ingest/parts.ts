import type { Request } from 'express';
import { z } from 'zod';
import type { FileRef, IngestPart, RowFormat } from '../../../store/ingests';
import { ApiProblem } from '../../problem';

/** Files of one upload: of a million frames the clients make about a thousand. */
const MAX_FILES = 10_000;

export const Urls = z.array(z.string().max(4_096)).max(MAX_FILES);

/** The name of the model that made the vectors. */
export const Model = z.string().min(1).max(512).nullish();

interface FileLists {
  rows: FileRef[];
  /** Empty when the labels stand in the rows. */
  crops?: FileRef[];
  vectors: FileRef[][];
  assets: FileRef[];
}

/**
 * Joins lists of files: the k-th of each belong together.
 * @throws ApiProblem invalid_request when there is none, or the lists are of different lengths
 */
export function zipParts({ rows, crops, vectors, assets }: FileLists): IngestPart[] {
  if (rows.length === 0) throw disagree('Expected at least one file of rows in data_url, got none');
  for (const [name, list] of Object.entries({ crop: crops ?? [], embeddings: vectors[0] ?? [], asset: assets })) {
    if (list.length > 0 && list.length !== rows.length) {
      throw disagree(`Expected a ${name} file for each of the ${rows.length} files of rows, got ${list.length}`);
    }
  }
  const labels = vectors[1] ?? [];
  if (labels.length > 0 && labels.length !== rows.length) {
    throw disagree(
      `Expected a crop embeddings file for each of the ${rows.length} files of rows, got ${labels.length}`,
    );
  }
  return rows.map((file, index) => ({
    rows: file,
    ...(crops?.[index] && { crops: crops[index] }),
    vectors: vectors.flatMap((list) => list[index] ?? []),
    assets: assets[index] ? [assets[index]] : [],
  }));
}

function disagree(message: string): ApiProblem {
  return new ApiProblem('invalid_request', message);
}

/** The models that an ingest names. */
export function modelsOf(body: {
  frame_model_version?: string | null;
  crop_model_version?: string | null;
}): Pick<RowFormat, 'frame_model' | 'label_model'> {
  return {
    ...(body.frame_model_version != null && { frame_model: body.frame_model_version }),
    ...(body.crop_model_version != null && { label_model: body.crop_model_version }),
  };
}

/** What to say of an upload in its list, from what the client says of itself. */
export function clientMessage(req: Request): string {
  const version = req.get('x-illume-client-version')?.slice(0, 64) ?? '';
  return /^[\w.+-]+$/.test(version) ? `Uploaded by aquariumlearning ${version}` : 'Uploaded by aquariumlearning';
}
