import type { CoordinateFrame, Label, Sensor, SensorType } from '../domain/frame';
import { isRebuilt, readableCoordinateFrame, WORLD } from './coordinate-frame-object';
import { FreeNames } from './free-names';

const IN_SPACE: ReadonlySet<SensorType> = new Set(['POINTCLOUD_PCD', 'POINTCLOUD', 'OBJ']);
const IMAGES: ReadonlySet<SensorType> = new Set(['IMAGE', 'IMAGE_OVERLAY']);

/**
 * Works out the coordinate frames of a frame object, such as the client can rebuild, and which of them each sensor and
 * cuboid is in. The client makes some by itself: one with the sensor's id for each sensor that is in none which is
 * written out, and the root for a sensor in space. It refuses two of one id, and so a second sensor in space at the
 * root: that gets a frame of its own here, in the root's place, as do those that are named and not there.
 */
export class CoordinateFramePlaces {
  readonly frames: CoordinateFrame[];
  /** Those that the client rebuilds. */
  private readonly writtenOut: Map<string, CoordinateFrame>;
  private readonly named: ReadonlySet<string>;
  /** Ids that the client gives to frames of its own making. */
  private readonly made: ReadonlySet<string>;
  private readonly free: FreeNames;
  private readonly ofSensors = new Map<string, string>();
  private rootTaken = false;

  constructor(own: readonly CoordinateFrame[], sensors: readonly Sensor[], labels: readonly Label[]) {
    const ids = (some: readonly Sensor[]): string[] => some.map(({ sensor_id }) => sensor_id);
    this.named = new Set(own.map(({ id }) => id));
    this.made = new Set(ids(sensors.filter(({ type }) => !IN_SPACE.has(type))));
    this.free = new FreeNames([WORLD, ...this.named, ...ids(sensors)]);
    // An image may be in a frame of its own id, a text, sound or video may not.
    const taken = new Set(ids(sensors.filter(({ type }) => !IN_SPACE.has(type) && !IMAGES.has(type))));
    this.frames = own.flatMap((frame) => {
      const readable = readableCoordinateFrame(frame);
      return readable === null || (isRebuilt(frame) && taken.has(frame.id)) ? [] : [readable];
    });
    this.writtenOut = new Map(this.frames.filter(isRebuilt).map((frame) => [frame.id, frame]));

    for (const sensor of sensors) this.ofSensors.set(sensor.sensor_id, this.placeSensor(sensor));
    for (const { type, coordinate_frame_id: id } of labels) {
      if (type === 'CUBOID_3D' && id !== undefined && this.mayAdd(id)) this.addInSpace(id);
    }
  }

  ofSensor(sensor_id: string): string {
    return this.ofSensors.get(sensor_id) ?? sensor_id;
  }

  /** The frame that a cuboid names, else its sensor's, if that is one in space; else the root. */
  ofCuboid({ coordinate_frame_id, sensor_id }: Label): string {
    const id = coordinate_frame_id ?? (sensor_id === undefined ? undefined : this.ofSensors.get(sensor_id));
    return id !== undefined && this.writtenOut.get(id)?.type === 'WORLD' ? id : WORLD;
  }

  private placeSensor(sensor: Sensor): string {
    const { type, sensor_id, coordinate_frame: id } = sensor;
    if (IN_SPACE.has(type)) return this.placeInSpace(sensor);
    if (!IMAGES.has(type)) return id ?? sensor_id;
    if (id !== undefined && this.writtenOut.has(id)) return id;
    // What the client would make for it may not have the root's id.
    if (sensor_id === WORLD) return this.addInSpace(this.free.take(`${WORLD}_image`));
    return this.writtenOut.has(sensor_id) ? sensor_id : (id ?? sensor_id);
  }

  private placeInSpace({ sensor_id, coordinate_frame: id }: Sensor): string {
    if (id !== undefined && this.writtenOut.has(id)) return id;
    if (id !== undefined && this.mayAdd(id)) return this.addInSpace(id);
    if (this.rootTaken) return this.addInSpace(this.free.take(`${sensor_id}_${WORLD}`));
    this.rootTaken = true;
    return WORLD;
  }

  private mayAdd(id: string): boolean {
    return id !== WORLD && !this.named.has(id) && !this.made.has(id) && !this.writtenOut.has(id);
  }

  private addInSpace(id: string): string {
    const frame: CoordinateFrame = { id, type: 'WORLD', metadata: { parent_frame_id: WORLD } };
    this.frames.push(frame);
    this.writtenOut.set(id, frame);
    return id;
  }
}
