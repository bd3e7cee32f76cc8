import type { Json, JsonObject } from './json';

/** A place in a frame where labels live: an image, a point cloud, a text ... A sensor has at least one URL, or its text. */
export interface Sensor {
  sensor_id: string;
  type: SensorType;
  /** By the old client's keys (`image_url`, `preview_url`, `pcd_url`, `text` ...); at least one entry. */
  urls: Record<string, string>;
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  metadata?: JsonObject;
  coordinate_frame?: string;
  date_captured?: string;
  mirror_asset?: boolean;
}

export interface CoordinateFrame {
  id: string;
  type: CoordinateFrameType;
  metadata?: JsonObject;
}

/** Which vector stands with a frame or label; the vector itself lies in the embeddings collection. */
export interface EmbeddingReference {
  /** Absent: the writer made no claim about the model. */
  model?: string;
  dimension: number;
  /** SHA-256 of the little-endian Float32 bytes, hex. */
  digest: string;
}

/** One annotation. Boxes are in pixels: left, top, width, height. */
export interface Label {
  label_id: string;
  type: LabelType;
  /** Name of a class in the project's map; absent on masks. */
  class?: string;
  geometry: JsonObject;
  sensor_id?: string;
  coordinate_frame_id?: string;
  /** 0 to 1; a label with a confidence is an inference. */
  confidence?: number;
  iscrowd?: boolean;
  /** Secondary labels of a classification. */
  secondary?: JsonObject;
  links?: JsonObject;
  metadata?: JsonObject;
  embedding?: EmbeddingReference;
}

/** A stored label also says which version last changed it. */
export interface StoredLabel extends Label {
  since: number;
}

/** A frame's content in normal form: fixed key order, absent parts left out, labels in byte order of `label_id`. */
export interface FrameContent<L extends Label = Label> {
  date_captured?: string;
  device_id?: string;
  sensor_data?: Sensor[];
  coordinate_frames?: CoordinateFrame[];
  geo?: { lat: number; lon: number };
  metadata?: Record<string, MetadataValue>;
  custom_metrics?: JsonObject;
  embedding?: EmbeddingReference;
  labels?: L[];
}

/** Typed frame metadata: scalars, or a list of one scalar type. */
export type MetadataValue = string | boolean | number | bigint | MetadataScalar[];
export type MetadataScalar = string | boolean | number | bigint;

export const SENSOR_TYPES = [
  'IMAGE',
  'IMAGE_OVERLAY',
  'TEXT',
  'POINTCLOUD_PCD',
  'POINTCLOUD',
  'OBJ',
  'AUDIO',
  'VIDEO',
] as const;
export type SensorType = (typeof SENSOR_TYPES)[number];

export const COORDINATE_FRAME_TYPES = ['IMAGE', 'TEXT', 'AUDIO', 'VIDEO', 'WORLD', 'IMAGE_PROJECTION'] as const;
export type CoordinateFrameType = (typeof COORDINATE_FRAME_TYPES)[number];

export const LABEL_TYPES = [
  'BBOX_2D',
  'LINE_SEGMENT_2D',
  'KEYPOINTS_2D',
  'POLYGON_LIST_2D',
  'SEMANTIC_LABEL_URL_2D',
  'SEMANTIC_LABEL_ASSET_2D',
  'INSTANCE_LABEL_URL_2D',
  'INSTANCE_LABEL_ASSET_2D',
  'INSTANCE_LABEL_2D',
  'CLASSIFICATION_2D',
  'CLASSIFICATION_3D',
  'CUBOID_3D',
  'TEXT_TOKEN',
] as const;
export type LabelType = (typeof LABEL_TYPES)[number];

/** The vectors that one item brings, by owner; written beside the revision. */
export interface FrameVectors {
  frame?: Float32Array;
  labels: Map<string, Float32Array>;
}

export type { Json };
