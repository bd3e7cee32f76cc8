import type { SensorType } from './frame';

/** The keys of `urls` by sensor type; `url` is short for the first. A sensor needs one of `needs`. */
export const SENSOR_URLS: Record<SensorType, { keys: readonly [string, ...string[]]; needs: readonly string[] }> = {
  IMAGE: { keys: ['image_url', 'preview_url'], needs: ['image_url'] },
  IMAGE_OVERLAY: { keys: ['image_url'], needs: ['image_url'] },
  TEXT: { keys: ['text'], needs: ['text'] },
  POINTCLOUD_PCD: { keys: ['pcd_url'], needs: ['pcd_url'] },
  POINTCLOUD: {
    keys: ['pointcloud_url', 'kitti_format_url', 'intensity_url', 'range_url'],
    needs: ['pointcloud_url', 'kitti_format_url'],
  },
  OBJ: { keys: ['obj_url'], needs: ['obj_url'] },
  AUDIO: { keys: ['audio_url'], needs: ['audio_url'] },
  VIDEO: { keys: ['video_url'], needs: ['video_url'] },
};
