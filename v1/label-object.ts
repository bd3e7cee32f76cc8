import type { Label } from '../domain/frame';
import { labelAttributes, READ_LABEL_TYPES } from './label-attributes';
import { keptText, type PythonValue } from './python-json';
import { STORED_IN } from './stored-in';

/** The class that the client gives to masks. */
const MASK = '__mask';

/** A label object of a frame object; `place` is the sensor, of a cuboid the coordinate frame, that it stands in. */
export function labelObject(label: Label, place: string, publicUrl: string): PythonValue {
  const { label_id, type, class: name, sensor_id, coordinate_frame_id } = label;
  const asStored = type === 'CUBOID_3D' ? sensor_id === undefined : coordinate_frame_id === undefined;
  const own = type === 'CUBOID_3D' ? coordinate_frame_id : sensor_id;
  return {
    uuid: keptText(label_id),
    label_type: READ_LABEL_TYPES[type] ?? type,
    label: keptText(name ?? MASK),
    label_coordinate_frame: keptText(place),
    attributes: labelAttributes(label, publicUrl),
    [STORED_IN]: asStored && own === place ? undefined : { sensor_id, coordinate_frame_id },
  };
}
