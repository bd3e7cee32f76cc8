import type { Label, LabelType, Sensor } from '../domain/frame';
import { FreeNames } from './free-names';

/**
 * The URL of a sensor that the frame itself does not have, shown because the client needs one there: it builds no
 * frame without a sensor, and no label whose sensor is not in the frame. Rows that bring such a sensor back mean none.
 */
export const ABSENT_SENSOR_URL = 'about:blank';

/** The client puts these on images only. */
const ON_IMAGES: ReadonlySet<LabelType> = new Set(['BBOX_2D', 'LINE_SEGMENT_2D']);

/** The sensor of each label (by `label_id`; cuboids have none), and the frame's sensors with those added that the client needs. */
export interface LabelPlaces {
  sensorOf: Map<string, string>;
  sensors: Sensor[];
}

/**
 * Finds the sensor of every label: the one that it names, else the one in the coordinate frame that it names, else the
 * first that the client lets it stand on.
 */
export function placeLabels(labels: readonly Label[], own: readonly Sensor[]): LabelPlaces {
  const sensors = [...own];
  const byId = new Map(own.map((sensor) => [sensor.sensor_id, sensor]));
  const sensorOf = new Map<string, string>();
  const add = (sensor_id: string): Sensor => {
    const sensor: Sensor = { sensor_id, type: 'IMAGE', urls: { image_url: ABSENT_SENSOR_URL } };
    sensors.push(sensor);
    byId.set(sensor_id, sensor);
    return sensor;
  };
  const find = (label: Label): Sensor => {
    const named = label.sensor_id ?? sensorIn(label.coordinate_frame_id, own);
    if (named !== undefined && !byId.has(named)) return add(named);
    const sensor = named === undefined ? undefined : byId.get(named);
    if (sensor !== undefined && carries(sensor, label)) return sensor;
    return sensors.find((other) => carries(other, label)) ?? add(new FreeNames(byId.keys()).take('DEFAULT'));
  };
  for (const label of labels) if (label.type !== 'CUBOID_3D') sensorOf.set(label.label_id, find(label).sensor_id);
  if (sensors.length === 0) add('DEFAULT');
  return { sensorOf, sensors };
}

/** The old client gives some labels a coordinate frame in place of a sensor; an image's has the sensor's own id. */
function sensorIn(coordinateFrame: string | undefined, sensors: readonly Sensor[]): string | undefined {
  if (coordinateFrame === undefined) return undefined;
  const sensor =
    sensors.find(({ sensor_id }) => sensor_id === coordinateFrame) ??
    sensors.find(({ coordinate_frame }) => coordinate_frame === coordinateFrame);
  return sensor?.sensor_id;
}

function carries({ type }: Sensor, label: Label): boolean {
  return !ON_IMAGES.has(label.type) || type === 'IMAGE' || type === 'IMAGE_OVERLAY';
}
