import { CLASSES, frameId } from './frames';

/** Client 1.0.7 begins new files once more than so many frames and labels are in the present ones. */
const BATCH_ELEMENTS = 5_000;
const LABELS = 5;

/** The pairs of files in which client 1.0.7 uploads frames with five boxes each. */
export function* oldClientFiles(frames: number): Generator<{ frame: Buffer; crop: Buffer }> {
  const perFile = Math.floor(BATCH_ELEMENTS / (1 + LABELS)) + 1;
  for (let from = 0; from < frames; from += perFile) {
    const numbers = Array.from({ length: Math.min(perFile, frames - from) }, (_, at) => from + at);
    yield { frame: lines(numbers.map(frameRow)), crop: lines(numbers.map(cropRow)) };
  }
}

function lines(rows: object[]): Buffer {
  return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

function frameRow(n: number): object {
  const date_captured = '2026-01-01T00:00:00+00:00';
  return {
    task_id: frameId(n),
    date_captured,
    device_id: 'scope-1',
    coordinate_frames: [
      {
        coordinate_frame_id: 'DEFAULT',
        coordinate_frame_type: 'IMAGE',
        coordinate_frame_metadata: '{"parent_frame_id": "world"}',
      },
      {
        coordinate_frame_id: 'world',
        coordinate_frame_type: 'WORLD',
        coordinate_frame_metadata: '{"parent_frame_id": null}',
      },
    ],
    sensor_data: [
      {
        coordinate_frame: 'DEFAULT',
        data_urls: { image_url: `https://example.org/slides/${n}.jpg` },
        date_captured,
        sensor_id: 'DEFAULT',
        sensor_metadata: { width: 640, height: 480 },
        sensor_type: 'IMAGE_V0',
        mirror_asset: false,
      },
    ],
    geo_data: {},
    reuse_latest_embedding: false,
    change: 'ADD',
    user__split: n % 5 === 0 ? 'test' : 'train',
    user__n_cells: n % 30,
    user_metadata_types: { user__split: 'str', user__n_cells: 'int' },
    user_metadata_modes: { user__split: 'scalar', user__n_cells: 'scalar' },
  };
}

function cropRow(n: number): object {
  return {
    task_id: frameId(n),
    type: 'GT',
    label_data: Array.from({ length: LABELS }, (_, at) => ({
      uuid: `b${n}-${at}`,
      label_type: 'BBOX_2D',
      label: CLASSES[(n + at) % CLASSES.length],
      class_id: (n + at) % CLASSES.length,
      label_coordinate_frame: 'DEFAULT',
      attributes: {
        top: (n * 3 + at * 31) % 440,
        left: (n * 7 + at * 53) % 600,
        width: 40.5 + at,
        height: 39,
        user__truncated: at === 0,
      },
      reuse_latest_embedding: false,
      change: 'ADD',
    })),
  };
}
