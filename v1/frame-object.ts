import type { FrameContent } from '../domain/frame';
import type { DatasetSchema } from '../domain/metadata-schema';
import { coordinateFrameObject } from './coordinate-frame-object';
import { CoordinateFramePlaces } from './coordinate-frame-places';
import { labelObject } from './label-object';
import { placeLabels } from './label-places';
import { metadataMembers } from './metadata-object';
import { pythonDate } from './python-date';
import { PythonFloat, pythonJson } from './python-json';
import { sensorObject } from './sensor-object';

/** The device that the client names when nobody did. */
const DEFAULT_DEVICE = 'default_device';

export interface FrameObjectContext {
  /** The types of the dataset's metadata fields. */
  schema: DatasetSchema;
  /** What relative links to own assets are made absolute with. */
  publicUrl: string;
}

/**
 * A stored frame as the JSON text of a frame object (protocol 6), which the client takes apart and builds again through
 * its own constructors. It is text because Python tells 1 from 1.0, and because NaN may stand in it. What the
 * constructors demand and the frame does not say is filled in; what they refuse is left out.
 */
export function frameObject(
  frame_id: string,
  content: FrameContent,
  { schema, publicUrl }: FrameObjectContext,
): string {
  const labels = content.labels ?? [];
  const { sensors, sensorOf } = placeLabels(labels, content.sensor_data ?? []);
  const places = new CoordinateFramePlaces(content.coordinate_frames ?? [], sensors, labels);
  return pythonJson({
    task_id: frame_id,
    date_captured: pythonDate(content.date_captured),
    device_id: content.device_id ?? DEFAULT_DEVICE,
    coordinate_frames: places.frames.map(coordinateFrameObject),
    sensor_data: sensors.map((sensor) => sensorObject(sensor, places.ofSensor(sensor.sensor_id), publicUrl)),
    label_data: labels.map((label) =>
      labelObject(label, sensorOf.get(label.label_id) ?? places.ofCuboid(label), publicUrl),
    ),
    geo_data: content.geo && geoText(content.geo),
    ...metadataMembers(content.metadata, schema.metadata),
  });
}

/** A JSON text inside the JSON, whose numbers the client takes as floats only. */
function geoText({ lat, lon }: { lat: number; lon: number }): string {
  return pythonJson({ geo_EPSG4326_lat: new PythonFloat(lat), geo_EPSG4326_lon: new PythonFloat(lon) });
}
