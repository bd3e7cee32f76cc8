import type { SeededRandom } from './seeded-random';

export const BULK_CLASSES = ['car', 'tree', 'sign'];

/** A bad item and what is reported of it. */
export interface ExpectedError {
  item: number;
  frame_id: string | null;
  code: string;
  path?: string;
}

/** An upload's lines, and what must become of them. */
export interface BulkItems {
  lines: string[];
  /** The content of each frame that must be there, by id. */
  good: Map<string, BulkFrame>;
  bad: ExpectedError[];
}

export interface BulkFrame {
  metadata: Record<string, unknown>;
  labels: { label_id: string; type: string; class: string; geometry: Record<string, number> }[];
}

type Spoil = (frame_id: string, frame: BulkFrame) => { line: string; error: Omit<ExpectedError, 'item'> };

const line = (frame_id: string, frame: object): string =>
  JSON.stringify({ op: 'put', frame_id, frame: { ...frame, sensor_data: [] } });

const SPOILS: Spoil[] = [
  (frame_id, frame) => ({ line: line(frame_id, frame).slice(0, -9), error: { frame_id: null, code: 'invalid_json' } }),
  (frame_id, { metadata, labels: [first, ...rest] }) => ({
    line: line(frame_id, { metadata, labels: [{ ...first, class: 'unicorn' }, ...rest] }),
    error: { frame_id, code: 'unknown_class', path: 'labels[0].class' },
  }),
  (frame_id, { metadata, labels: [first, second] }) => ({
    line: line(frame_id, { metadata, labels: [first, { ...second, geometry: { ...second?.geometry, width: -1 } }] }),
    error: { frame_id, code: 'invalid_number', path: 'labels[1].geometry.width' },
  }),
  (frame_id, { metadata, labels: [first] }) => ({
    line: line(frame_id, { metadata, labels: [first, first] }),
    error: { frame_id, code: 'duplicate_label_id', path: 'labels[1].label_id' },
  }),
  (frame_id, frame) => ({
    line: line(frame_id, { ...frame, metadata: { ...frame.metadata, number: 'seven' } }),
    error: { frame_id, code: 'wrong_metadata_type', path: 'metadata.number' },
  }),
];

/** `count` new frames of two labels each; at seeded places among them `bad` items of several kinds, never the first. */
export function bulkItems(random: SeededRandom, count: number, bad: number, prefix = 'frame'): BulkItems {
  const spoilt = new Set(random.places(bad, count - 1).map((place) => place + 1));
  const items: BulkItems = { lines: [], good: new Map(), bad: [] };
  for (let item = 0; item < count; item++) {
    const frame_id = `${prefix}_${String(item).padStart(6, '0')}`;
    const frame = bulkFrame(random, item);
    if (spoilt.has(item)) {
      const { line: spoiltLine, error } = random.pick(SPOILS)(frame_id, frame);
      items.lines.push(spoiltLine);
      items.bad.push({ item, ...error });
    } else {
      items.lines.push(line(frame_id, frame));
      items.good.set(frame_id, frame);
    }
  }
  return items;
}

export function bulkFrame(random: SeededRandom, number: number): BulkFrame {
  const label = (label_id: string) => ({
    label_id,
    type: 'BBOX_2D',
    class: random.pick(BULK_CLASSES),
    geometry: {
      left: random.between(0, 500),
      top: random.between(0, 500),
      width: random.between(0, 90),
      height: random.between(0, 90),
    },
  });
  return { metadata: { number, text: `t${random.between(0, 9)}` }, labels: [label('a'), label('b')] };
}
