import { inside, Problem, quote } from '../domain/problem';
import { readObject } from '../domain/fields';
import type { FrameVectors } from '../domain/frame';
import type { Json, JsonObject } from '../domain/json';
import { storedLink } from './asset-link';
import { embeddingOfRow } from './embedding-row';
import { jsonText } from './json-text';
import { labelsOfRow } from './label-row';
import type { RowContext } from './row-context';
import { hasFields, setField } from './row-object';

/** The metadata field that keeps a row's visualization assets, as JSON text. */
export const VISUALIZATION_ASSETS = 'visualization_assets';

/**
 * A row of inferences (protocol 5.6) as an item of the inference set: labels, custom metrics, metadata and vectors. Its
 * other fields are placeholders that the base frame has for itself.
 */
export function inferencesOfRow(
  frame_id: string,
  row: JsonObject,
  vectors: FrameVectors,
  context: RowContext,
): JsonObject {
  const frame: JsonObject = {};
  const metadata = metadataOfInferences(row, context);
  if (hasFields(metadata)) frame.metadata = metadata;
  if (row.custom_metrics !== undefined && row.custom_metrics !== null) frame.custom_metrics = row.custom_metrics;
  const embedding = embeddingOfRow(
    row.reuse_latest_embedding,
    vectors.frame,
    context.frame_model,
    'reuse_latest_embedding',
  );
  if (embedding !== undefined) frame.embedding = embedding;
  // Version 1 of the client has them under both names.
  const part = row.inference_data === undefined ? 'label_data' : 'inference_data';
  const { whole, changed } = labelsOfRow(row[part], part, { vectors: vectors.labels, context });
  if (whole.length + changed.length > 0) frame.labels = [...whole, ...changed];
  return { op: 'put', frame_id, frame, non_finite: 'tokens' };
}

function metadataOfInferences(row: JsonObject, { publicUrl }: RowContext): JsonObject {
  const metadata: JsonObject = {};
  if (row.inference_metadata === undefined || row.inference_metadata === null) return metadata;
  try {
    const { user_metadata, visualization_assets } = readObject(row.inference_metadata, '');
    const fields = optionalObject(user_metadata, 'user_metadata');
    for (const key in fields) setField(metadata, key, flat(fields[key]!));
    const assets = optionalObject(visualization_assets, VISUALIZATION_ASSETS);
    if (!hasFields(assets)) return metadata;
    if (Object.hasOwn(metadata, VISUALIZATION_ASSETS)) throw nameTaken();
    metadata[VISUALIZATION_ASSETS] = jsonText(storedLinks(assets, publicUrl));
  } catch (error) {
    throw inside(error, 'inference_metadata');
  }
  return metadata;
}

function nameTaken(): Problem {
  const name = quote(VISUALIZATION_ASSETS);
  const message = `Expected no field ${name} beside visualization assets, which are kept under that name; rename the field`;
  return new Problem('invalid_key', message, `user_metadata.${VISUALIZATION_ASSETS}`);
}

/** Frame metadata is scalars and lists of one type; anything else is kept as JSON text. */
function flat(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) && isOfOneType(value) ? value : jsonText(value);
}

function isOfOneType(list: readonly Json[]): boolean {
  const [first] = list;
  if (first === undefined) return true;
  return first !== null && list.every((entry) => scalarType(entry) === scalarType(first)) && typeof first !== 'object';
}

function scalarType(value: Json): string {
  return typeof value === 'bigint' ? 'number' : typeof value;
}

function storedLinks(assets: JsonObject, publicUrl: string): JsonObject {
  const links: JsonObject = {};
  for (const key in assets) {
    const url = assets[key]!;
    setField(links, key, typeof url === 'string' ? storedLink(url, publicUrl) : url);
  }
  return links;
}

function optionalObject(value: Json | undefined, path: string): JsonObject {
  return value === undefined || value === null ? {} : readObject(value, path);
}
