import type { FrameContent, Label, Sensor } from '../../domain/frame';
import { box, cloud, cuboid, image, shown } from './frame-fixtures';

describe('the place of a label', () => {
  const places = (sensor_data: Sensor[], labels: Label[]) => {
    const frame = shown({ sensor_data, labels });
    return [frame.label_data.map((one) => one.label_coordinate_frame), frame.sensor_data.map((one) => one.sensor_id)];
  };
  const text: Sensor = { sensor_id: 't', type: 'TEXT', urls: { text: 'x' } };

  it.each<[string, Sensor[], Partial<Label>, string, string[]]>([
    ['is the sensor that it names', [image('a'), image('b')], { sensor_id: 'b' }, 'b', ['a', 'b']],
    ['is the only sensor', [image('a')], {}, 'a', ['a']],
    ['is the first sensor that may carry it', [text, image('a'), image('b')], {}, 'a', ['t', 'a', 'b']],
    [
      'is any sensor for a token',
      [text, image('a')],
      { type: 'TEXT_TOKEN', geometry: { index: 0, token: 'x' } },
      't',
      ['t', 'a'],
    ],
    ['is an added sensor when the frame lacks the one it names', [image('a')], { sensor_id: 'b' }, 'b', ['a', 'b']],
    ['is an added sensor when no other may carry it', [text], {}, 'DEFAULT', ['t', 'DEFAULT']],
    ['is not a sensor that the client refuses', [text, image('a')], { sensor_id: 't' }, 'a', ['t', 'a']],
    [
      'is the sensor in the coordinate frame',
      [image('a'), cloud('l', { coordinate_frame: 'ego' })],
      { type: 'CLASSIFICATION_3D', geometry: {}, coordinate_frame_id: 'ego' },
      'l',
      ['a', 'l'],
    ],
  ])('%s', (_what, sensors, label, place, ids) => {
    expect(places(sensors, [box('b1', label)])).toEqual([[place], ids]);
  });

  it('is told as it is stored too, for old clients that send labels back, when it is another', () => {
    const { label_data } = shown({
      sensor_data: [image('a'), cloud('l', { coordinate_frame: 'world' })],
      labels: [
        box('a', { sensor_id: 'a' }),
        box('b'),
        box('c', { type: 'CLASSIFICATION_3D', geometry: {}, coordinate_frame_id: 'world' }),
        cuboid({ label_id: 'd', coordinate_frame_id: 'world' }),
        cuboid({ label_id: 'e' }),
      ],
    });
    expect(label_data.map((one) => ('stored_in' in one ? one.stored_in : 'there'))).toEqual([
      'there',
      {},
      { coordinate_frame_id: 'world' },
      'there',
      {},
    ]);
  });

  it('is one added sensor for all that need it', () => {
    expect(places([], [box('a'), box('b'), box('c', { sensor_id: 'x' })])).toEqual([
      ['DEFAULT', 'DEFAULT', 'x'],
      ['DEFAULT', 'x'],
    ]);
  });
});

describe('coordinate frames', () => {
  const camera = { fx: 1, fy: 2 };

  it('have their metadata without what the client refuses', () => {
    const { coordinate_frames } = shown({
      sensor_data: [image('a')],
      coordinate_frames: [
        {
          id: 'cam',
          type: 'IMAGE_PROJECTION',
          metadata: {
            ...camera,
            cx: 1,
            k1: 'x',
            k2: 0.5,
            camera_model: 'pinhole',
            position: { x: 1, y: 2, z: 3 },
            orientation: { w: 1 },
            parent_frame_id: 'ego',
            further: true,
          },
        },
        { id: 'ego', type: 'WORLD', metadata: { position: 'here', fx: 1 } },
        { id: 'world', type: 'WORLD', metadata: { further: 1 } },
        { id: 'blind', type: 'IMAGE_PROJECTION', metadata: { fx: 0, fy: 1 } },
      ],
    });
    expect(
      coordinate_frames.map((one) => [one.coordinate_frame_id, JSON.parse(one.coordinate_frame_metadata!)]),
    ).toEqual([
      ['cam', { position: { x: 1, y: 2, z: 3 }, parent_frame_id: 'ego', ...camera, k2: 0.5 }],
      ['ego', {}],
      ['world', { further: 1 }],
    ]);
  });

  const framesOf = (content: FrameContent) => {
    const { coordinate_frames, sensor_data, label_data } = shown(content);
    return {
      frames: coordinate_frames.map((one) => one.coordinate_frame_id),
      sensors: sensor_data.map((one) => one.coordinate_frame),
      labels: label_data.map((one) => one.label_coordinate_frame),
    };
  };

  it('keep a second point cloud from the root, where the client refuses it', () => {
    expect(
      framesOf({ sensor_data: [cloud('a'), cloud('b'), cloud('c', { coordinate_frame: 'world' })] }),
    ).toMatchObject({
      frames: ['b_world', 'c_world'],
      sensors: ['world', 'b_world', 'c_world'],
    });
  });

  it('are added where a point cloud or a cuboid names one that is not there', () => {
    const labels = [cuboid({ coordinate_frame_id: 'ego' })];
    expect(framesOf({ sensor_data: [cloud('a', { coordinate_frame: 'lidar' }), image('b')], labels })).toEqual({
      frames: ['lidar', 'ego'],
      sensors: ['lidar', 'b'],
      labels: ['ego'],
    });
  });

  it('do not share an id with one that the client makes', () => {
    const text: Sensor = { sensor_id: 't', type: 'TEXT', urls: { text: 'x' } };
    const own = { id: 't', type: 'WORLD' } as const;
    expect(framesOf({ sensor_data: [text], coordinate_frames: [own] }).frames).toEqual([]);
    expect(framesOf({ sensor_data: [cloud('a', { coordinate_frame: 't' }), text] })).toMatchObject({
      frames: [],
      sensors: ['world', 't'],
    });
    const projection = { id: 'a', type: 'IMAGE_PROJECTION', metadata: camera } as const;
    expect(framesOf({ sensor_data: [image('a')], coordinate_frames: [projection] })).toMatchObject({
      frames: ['a'],
      sensors: ['a'],
    });
  });

  it.each<[string, Partial<Label>, string]>([
    ['no frame', {}, 'world'],
    ['the root', { coordinate_frame_id: 'world' }, 'world'],
    ['a frame in space', { coordinate_frame_id: 'lidar' }, 'lidar'],
    ['a camera, which carries none', { coordinate_frame_id: 'cam' }, 'world'],
    ['a sensor in space', { sensor_id: 'l' }, 'lidar'],
    ['an image', { sensor_id: 'i' }, 'world'],
  ])('have the cuboids that name %s', (_what, label, place) => {
    const content: FrameContent = {
      sensor_data: [cloud('l', { coordinate_frame: 'lidar' }), image('i', { coordinate_frame: 'cam' })],
      coordinate_frames: [
        { id: 'lidar', type: 'WORLD' },
        { id: 'cam', type: 'IMAGE_PROJECTION', metadata: camera },
      ],
      labels: [cuboid(label)],
    };
    expect(framesOf(content).labels).toEqual([place]);
  });
});
