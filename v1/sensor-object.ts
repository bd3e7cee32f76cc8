import type { Sensor, SensorType } from '../domain/frame';
import type { Json } from '../domain/json';
import { assetLink } from './asset-link';
import { pythonDate } from './python-date';
import { keptText, type PythonValue } from './python-json';

/** The client's names of the sensor types on reading; point clouds in PCD it sends under another name (protocol 6). */
const READ_TYPES: Record<SensorType, string> = {
  IMAGE: 'IMAGE_V0',
  IMAGE_OVERLAY: 'IMAGE_OVERLAY_V0',
  TEXT: 'TEXT',
  POINTCLOUD_PCD: 'POINT_CLOUD_PCD',
  POINTCLOUD: 'POINTCLOUD_V0',
  OBJ: 'OBJ_V0',
  AUDIO: 'AUDIO_V0',
  VIDEO: 'VIDEO_V0',
};

/** A sensor object of a frame object, in the given coordinate frame; with nothing that the client would refuse. */
export function sensorObject(sensor: Sensor, coordinateFrame: string, publicUrl: string): PythonValue {
  const date = pythonDate(sensor.date_captured);
  return {
    coordinate_frame: keptText(coordinateFrame),
    data_urls: dataUrls(sensor, publicUrl),
    date_captured: date === null ? null : keptText(date),
    sensor_id: keptText(sensor.sensor_id),
    sensor_metadata: sensorMetadata(sensor),
    sensor_type: READ_TYPES[sensor.type],
    mirror_asset: sensor.mirror_asset ?? false,
  };
}

function dataUrls({ type, urls }: Sensor, publicUrl: string): Record<string, string> {
  // A text is no link, whatever it begins with.
  if (type === 'TEXT') return urls;
  const shown = Object.entries(urls).map(([key, url]): [string, string] => [key, assetLink(url, publicUrl)]);
  // The client refuses a point cloud that is there in both formats.
  const twice = Boolean(urls.pointcloud_url && urls.kitti_format_url);
  return Object.fromEntries(twice ? shown.filter(([key]) => key !== 'kitti_format_url') : shown);
}

/** Only images and overlays have metadata that the client knows; it refuses any other key. */
function sensorMetadata({ type, sensor_id, width, height, metadata = {} }: Sensor): Record<string, PythonValue> {
  const shown: Record<string, PythonValue> = {};
  if (type !== 'IMAGE' && type !== 'IMAGE_OVERLAY') return shown;
  if (type === 'IMAGE_OVERLAY') {
    const { overlay_id = sensor_id, resize_mode } = metadata;
    shown.overlay_id = typeof overlay_id === 'string' ? overlay_id : JSON.stringify(overlay_id, bigintText);
    if (typeof resize_mode === 'string') shown.resize_mode = resize_mode;
  }
  const size = { width: wholePixels(width ?? metadata.width), height: wholePixels(height ?? metadata.height) };
  for (const [key, pixels] of Object.entries(size)) if (pixels !== undefined) shown[key] = pixels;
  return shown;
}

const bigintText = (_key: string, value: Json): Json => (typeof value === 'bigint' ? String(value) : value);

/** The client takes integers only. */
function wholePixels(value: Json | undefined): number | undefined {
  const pixels = typeof value === 'number' ? Math.round(value) : undefined;
  return pixels !== undefined && Number.isSafeInteger(pixels) ? pixels : undefined;
}
