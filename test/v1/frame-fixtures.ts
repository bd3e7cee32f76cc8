import type { FrameContent, Label, Sensor } from '../../domain/frame';
import type { DatasetSchema } from '../../domain/metadata-schema';
import { frameObject } from '../../v1/frame-object';

export const PUBLIC_URL = 'https://data.example.org/vivarium';

/** The frame object of a frame named `f`, in a dataset with these metadata types. */
export const textOf = (content: FrameContent, metadata: DatasetSchema['metadata'] = {}): string =>
  frameObject('f', content, { schema: { metadata }, publicUrl: PUBLIC_URL });

interface Shown {
  coordinate_frames: {
    coordinate_frame_id: string;
    coordinate_frame_type: string;
    coordinate_frame_metadata?: string;
  }[];
  sensor_data: { sensor_id: string; coordinate_frame: string; sensor_metadata: object; data_urls: object }[];
  label_data: { uuid: string; label_type: string; label_coordinate_frame: string; attributes: object }[];
  [key: string]: unknown;
}
export const shown = (content: FrameContent): Shown => JSON.parse(textOf(content)) as Shown;

export const image = (sensor_id: string, more: Partial<Sensor> = {}): Sensor => ({
  sensor_id,
  type: 'IMAGE',
  urls: { image_url: 'http://h/a.png' },
  ...more,
});
export const cloud = (sensor_id: string, more: Partial<Sensor> = {}): Sensor => ({
  sensor_id,
  type: 'POINTCLOUD_PCD',
  urls: { pcd_url: 'http://h/a.pcd' },
  ...more,
});
export const box = (label_id: string, more: Partial<Label> = {}): Label => ({
  label_id,
  type: 'BBOX_2D',
  class: 'cat',
  geometry: { left: 2.5, top: 1, width: 3, height: 4 },
  ...more,
});
export const cuboid = (more: Partial<Label> = {}): Label => {
  const places = ['pos_x', 'pos_y', 'pos_z', 'dim_x', 'dim_y', 'dim_z', 'rot_x', 'rot_y', 'rot_z', 'rot_w'];
  return box('c', { type: 'CUBOID_3D', geometry: Object.fromEntries(places.map((key, at) => [key, at])), ...more });
};
