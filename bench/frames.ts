/** The classes of the bench's project. */
export const CLASSES = ['WBC', 'RBC', 'Platelets'];

export const frameId = (n: number): string => `frame_${String(n).padStart(8, '0')}`;

/** One frame with five boxes, about 900 bytes as a line; `salt` makes it another content. */
export function frame(n: number, salt = 0): object {
  return {
    date_captured: '2026-01-01T00:00:00Z',
    device_id: 'scope-1',
    sensor_data: [
      { sensor_id: 'DEFAULT', type: 'IMAGE', url: `https://example.org/slides/${n}.jpg`, width: 640, height: 480 },
    ],
    metadata: { split: n % 5 === 0 ? 'test' : 'train', n_cells: n % 30, salt },
    labels: Array.from({ length: 5 }, (_, at) => ({
      label_id: `b${n}-${at}`,
      type: 'BBOX_2D',
      class: CLASSES[(n + at) % CLASSES.length],
      geometry: { left: (n * 7 + at * 53) % 600, top: (n * 3 + at * 31) % 440, width: 40.5 + at, height: 39 },
      metadata: { truncated: at === 0 },
    })),
  };
}

/** Items of the frames `from` to `from + count - 1` as NDJSON. */
export function items(from: number, count: number, salt: (n: number) => number = () => 0): Buffer {
  const lines = Array.from({ length: count }, (_, at) => {
    const n = from + at;
    return JSON.stringify({ op: 'put', frame_id: frameId(n), frame: frame(n, salt(n)) });
  });
  return Buffer.from(`${lines.join('\n')}\n`);
}
