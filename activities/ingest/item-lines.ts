import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FrameVectors } from '../../domain/frame';
import type { Json, JsonObject } from '../../domain/json';
import type { FileRef, IngestPart, IngestRecord } from '../../store/ingests';
import type { Line } from '../../staging/line-splitter';
import { lineOfRow } from '../../v1/item-of-row';
import type { RowContext } from '../../v1/row-context';
import type { ActivityDeps } from '../deps';
import { joinRows, unjoinedRows, type JoinedRow } from './join-rows';
import { keepMasks } from './keep-masks';
import { ObjectFile } from './object-file';
import { readRows } from './rows';
import { Vectors } from './vectors';

/** Rows that are translated before the store, and whoever else waits for the thread, gets a turn. */
const RUN_ROWS = 200;
const NO_VECTORS: FrameVectors = { labels: new Map() };

/**
 * The rows of one part of an upload's files, each as the line of a native item, or as why it is none.
 * @throws UnreadableFile
 */
export async function* itemLines(
  deps: ActivityDeps,
  ingest: IngestRecord,
  index: number,
  signal: AbortSignal,
): AsyncGenerator<Line[]> {
  const { objects } = deps;
  const part = ingest.parts[index];
  if (part === undefined) throw new Error(`The upload has no part ${index}`);
  const masks = await keepMasks(deps, ingest, part.assets);
  const { public_url: publicUrl, ...format } = ingest.format;
  const context: RowContext = { ...format, publicUrl, masks };
  const vectors = part.vectors.length === 0 ? undefined : await Vectors.open(await opened(objects, part.vectors));
  let run: Line[] = [];
  for await (const row of await rowsOf(objects, part)) {
    run.push('failure' in row ? failed(row) : lineOf(row, await vectorsOf(vectors, row), context));
    if (run.length < RUN_ROWS) continue;
    signal.throwIfAborted();
    await nextTurn();
    yield run;
    run = [];
  }
  yield run;
}

type GoodRow = Extract<JoinedRow, { row: JsonObject }>;

function lineOf({ line: number, row, crops }: GoodRow, vectors: FrameVectors, context: RowContext): Line {
  const translated = lineOfRow(row, crops, vectors, context);
  if ('failure' in translated) return failed({ line: number, ...translated });
  return { number, bytes: Buffer.from(translated.line), frame_id: translated.frame_id };
}

function failed({ line: number, failure, frame_id }: Exclude<JoinedRow, GoodRow>): Line {
  return { number, bytes: null, failure, frame_id };
}

function opened(objects: ActivityDeps['objects'], files: readonly FileRef[]): Promise<ObjectFile[]> {
  return Promise.all(files.map((file) => ObjectFile.open(objects, file)));
}

async function rowsOf(
  objects: ActivityDeps['objects'],
  { rows, crops }: IngestPart,
): Promise<AsyncIterable<JoinedRow>> {
  const frames = readRows((await ObjectFile.open(objects, rows)).pieces());
  if (crops === undefined) return unjoinedRows(frames);
  return joinRows(frames, readRows((await ObjectFile.open(objects, crops)).pieces()));
}

async function vectorsOf(vectors: Vectors | undefined, { row, crops }: GoodRow): Promise<FrameVectors> {
  if (vectors === undefined || typeof row.task_id !== 'string') return NO_VECTORS;
  return vectors.of(row.task_id, labelIds(crops?.label_data ?? row.inference_data ?? row.label_data));
}

function labelIds(labels: Json | undefined): string[] {
  if (!Array.isArray(labels)) return [];
  return labels.flatMap((label) => {
    const id = typeof label === 'object' && label !== null && !Array.isArray(label) ? label.uuid : null;
    return typeof id === 'string' ? id : [];
  });
}
