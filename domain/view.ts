import { decimalVector } from './embedding';
import { nameNonFinite } from './free-json';
import { SENSOR_URLS } from './sensor-urls';
import type { Change } from './diff';
import type { EmbeddingReference, FrameContent, FrameVectors, Label, Sensor, StoredLabel } from './frame';
import type { Json, JsonObject } from './json';

/** What a read says beside the content. */
export interface ViewContext {
  /** The revision: the dataset version that wrote this content. */
  version: number;
  /** The dataset version that was asked. */
  dataset_version: number;
  hash: string;
  /** The frame's vectors; absent: the view leaves embeddings out. */
  embeddings?: FrameVectors;
}

/** A frame as reads show it. Bigints stay; NaN and the infinities become texts. */
export function frameView(frame_id: string, content: FrameContent<StoredLabel>, context: ViewContext): JsonObject {
  const { version, dataset_version, hash, embeddings } = context;
  return { ...writableFrame(frame_id, content, embeddings), version, dataset_version, hash };
}

/** A frame as a put takes it: what reads add is left out, so that an export can be submitted again. */
export function exportItem(frame_id: string, content: FrameContent, embeddings?: FrameVectors): JsonObject {
  const plain = content.labels?.some((label) => 'since' in label)
    ? { ...content, labels: content.labels.map(({ since: _since, ...label }: Label & { since?: number }) => label) }
    : content;
  return { op: 'put', frame_id, frame: writableFrame(frame_id, plain, embeddings) };
}

function writableFrame(frame_id: string, content: FrameContent, embeddings: FrameVectors | undefined): JsonObject {
  const view: JsonObject = { frame_id };
  if (content.date_captured !== undefined) view.date_captured = content.date_captured;
  if (content.device_id !== undefined) view.device_id = content.device_id;
  view.sensor_data = (content.sensor_data ?? []).map(sensorView);
  if (content.coordinate_frames !== undefined) {
    view.coordinate_frames = content.coordinate_frames.map((frame) => ({ ...frame }) as JsonObject);
  }
  view.metadata = content.metadata ?? {};
  view.custom_metrics = content.custom_metrics === undefined ? {} : nameNonFinite(content.custom_metrics);
  if (content.geo !== undefined) view.geo = { ...content.geo };
  view.labels = (content.labels ?? []).map((label) => labelView(label, embeddings?.labels.get(label.label_id)));
  const embedding = embeddingView(content.embedding, embeddings?.frame);
  if (embedding !== undefined) view.embedding = embedding;
  return view;
}

/** A label as reads show it, with `since` when it is a stored one; the vector only when given. */
export function labelView(label: Label | StoredLabel, vector?: Float32Array): JsonObject {
  const { embedding, ...rest } = label;
  const view = rest as JsonObject;
  if (label.metadata !== undefined) view.metadata = nameNonFinite(label.metadata);
  const shown = embeddingView(embedding, vector);
  if (shown !== undefined) view.embedding = shown;
  return view;
}

/** A change as reads show it. */
export function changeView(change: Change): JsonObject {
  const view: JsonObject = { path: change.path };
  if (change.old !== undefined) view.old = valueView(change.path, change.old);
  if (change.new !== undefined) view.new = valueView(change.path, change.new);
  return view;
}

function valueView(path: string, value: Json): Json {
  if (path === 'sensor_data') return (value as unknown as Sensor[]).map(sensorView);
  return nameNonFinite(value);
}

function sensorView(sensor: Sensor): JsonObject {
  const { sensor_id, type, urls, ...rest } = sensor;
  const [first] = SENSOR_URLS[type].keys;
  const only = Object.keys(urls).length === 1 ? urls[first] : undefined;
  // The text of a TEXT sensor is no URL, so it keeps its own key.
  const place: JsonObject = only !== undefined && type !== 'TEXT' ? { url: only } : { urls };
  return { sensor_id, type, ...place, ...(rest as JsonObject) };
}

function embeddingView(reference: EmbeddingReference | undefined, vector: Float32Array | undefined): Json | undefined {
  if (reference === undefined || vector === undefined) return undefined;
  const values = decimalVector(vector);
  return reference.model === undefined ? values : { model: reference.model, vector: values };
}
