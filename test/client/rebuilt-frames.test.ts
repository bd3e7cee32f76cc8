import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseLine } from '../../activities/commit/parse-line';
import type { FrameContent, Label, MetadataValue } from '../../domain/frame';
import type { JsonObject } from '../../domain/json';
import { readItem } from '../../domain/read-item';
import { frameObject } from '../../v1/frame-object';
import { isPythonInt } from '../../v1/python-json';
import { itemOfRow } from '../../v1/item-of-row';
import { pythonVariables } from '../support/python-environment';
import { scratchFolder } from '../support/scratch-folder';
import { arbitraryFrame, CLASSES, METADATA_TYPES } from '../v1/arbitrary-frames';
import { clientSetup } from './python-tests';
import { PYTHON_TESTS } from './versions';

const FRAMES = 600;
const PUBLIC_URL = 'http://127.0.0.1:9';
const CONTEXT = { classes: new Set(CLASSES), digest: () => '' };

/** What the program prints for each frame object. */
interface Rebuilt {
  error?: string;
  printed: string;
  frame: JsonObject;
  labels: JsonObject[];
}

function contentOf(item: JsonObject): FrameContent {
  const read = readItem(item, CONTEXT);
  if (!read.ok) throw new Error(`${read.failure.path}: ${read.failure.message}`);
  if (read.item.op !== 'put') throw new Error(`Expected a put, got a ${read.item.op}`);
  return read.item.content;
}

const frames = fc
  .sample(arbitraryFrame, { numRuns: FRAMES, seed: 20 })
  .map((frame) => contentOf({ op: 'put', frame_id: 'f', frame, non_finite: 'tokens' }));

const objectOf = (content: FrameContent): string =>
  frameObject('f', content, { schema: { metadata: METADATA_TYPES }, publicUrl: PUBLIC_URL });

function rebuild(folder: string, scratch: string): Rebuilt[] {
  const file = join(scratch, 'frame-objects.jsonl');
  writeFileSync(file, `${frames.map(objectOf).join('\n')}\n`);
  const client = clientSetup(folder);
  const output = execFileSync(client.python, ['-W', 'ignore', 'rebuild_frames.py', file, ...CLASSES], {
    cwd: PYTHON_TESTS,
    env: pythonVariables(client, { AQUARIUM_TEMP_DIR: scratch, TMPDIR: scratch }),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => {
      const parsed = parseLine(line);
      if (!parsed.ok) throw new Error(parsed.failure.message);
      return parsed.value as unknown as Rebuilt;
    });
}

/** The frame that would be stored if the client sent back what it read. */
function sentBack({ frame, labels }: Rebuilt): FrameContent {
  const vectors = { labels: new Map<string, Float32Array>() };
  const row = { ...frame, change: 'ADD', label_data: labels };
  const translated = itemOfRow(row, undefined, vectors, { rows: 'frames', publicUrl: PUBLIC_URL });
  if ('failure' in translated) throw new Error(JSON.stringify(translated.failure));
  return contentOf(translated.item);
}

/** Metadata that the client can hold; a long integer among floats becomes one. */
function keptMetadata({ metadata = {} }: FrameContent): object {
  return Object.fromEntries(
    Object.entries(metadata)
      .filter(([key, value]) => /^\w+$/.test(key) && !(Array.isArray(value) && value.length === 0))
      .map(([key, value]) => [key, isFloat(key, value) ? asFloat(value) : value]),
  );
}

function isFloat(key: string, value: MetadataValue): boolean {
  const type: string = METADATA_TYPES[key as keyof typeof METADATA_TYPES];
  const isFraction = (entry: unknown): boolean => typeof entry === 'number' && !isPythonInt(entry);
  return type.includes('FLOAT') || (Array.isArray(value) && value.some(isFraction));
}

function asFloat(value: MetadataValue): MetadataValue {
  return Array.isArray(value) ? value.map(Number) : Number(value);
}

const CLIENT_TYPES: Record<string, string> = { STRING: 'str', BOOL: 'bool', INTEGER: 'int', FLOAT: 'float' };

/** The fields that the client must see as of the type they have; a NUMERIC may be either. */
function expectTypes({ frame }: Rebuilt): void {
  for (const [key, given] of Object.entries(frame.user_metadata_types as JsonObject)) {
    const name = key.startsWith('user__') ? key.slice('user__'.length) : key;
    const type = METADATA_TYPES[name as keyof typeof METADATA_TYPES].replace(/^ARRAY<|>$/g, '');
    if (type !== 'NUMERIC') expect([key, given]).toEqual([key, CLIENT_TYPES[type]]);
  }
}

/** Sensors by what makes them; a point cloud in both formats keeps one. */
function sensorsOf({ sensor_data = [] }: FrameContent): object[] {
  return sensor_data.map(({ sensor_id, type, urls: { kitti_format_url, ...urls } }) => {
    const kitti = kitti_format_url !== undefined && urls.pointcloud_url === undefined && { kitti_format_url };
    return { sensor_id, type, urls: { ...urls, ...kitti } };
  });
}

/** Labels by what every version of the client keeps of them. */
function labelsOf({ labels = [] }: FrameContent): { type: string; metadata: object | undefined }[] {
  return labels.map(({ label_id, type, class: name, geometry, metadata }) => {
    const { asset_uuid, area: _area, keypoints, resize_mode: _mode, ...rest } = geometry;
    return {
      label_id,
      type: type.replace('_ASSET_', '_URL_'),
      class: name,
      geometry: {
        ...rest,
        ...(asset_uuid !== undefined && { url: `/objects/${String(asset_uuid)}` }),
        ...(keypoints !== undefined && { keypoints: (keypoints as JsonObject[]).map(({ x, y }) => ({ x, y })) }),
      },
      metadata: /_(URL|ASSET)_/.test(type) ? undefined : ownMetadata(metadata),
    };
  });
}

/** Version 1.0.7 makes metadata of all that an instance has. */
function withFurtherMetadata<T extends { type: string; metadata: object | undefined }>(label: T): object {
  return label.type === 'INSTANCE_LABEL_2D' ? { ...label, metadata: expect.objectContaining(label.metadata!) } : label;
}

/** Without what the client would not send as metadata of a label. */
function ownMetadata(metadata: Label['metadata'] = {}): object {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => key.indexOf('user__') <= 0));
}

/** The client forgets instances whose mask is not in the frame. */
function withMasks(content: FrameContent): FrameContent {
  const masks = (content.labels ?? []).filter(({ type }) => /^INSTANCE_LABEL_(URL|ASSET)_2D$/.test(type));
  const labels = (content.labels ?? []).filter(
    ({ type, label_id, geometry }) =>
      type !== 'INSTANCE_LABEL_2D' || masks.some((mask) => label_id === `${mask.label_id}_${String(geometry.id)}`),
  );
  return { ...content, labels };
}

/** What the old client sends back of labels as it read them, but for what it cannot read as it is stored. */
function wholeLabelsOf({ labels = [] }: FrameContent): object[] {
  return labels
    .filter(({ type }) => !/_(URL|ASSET)_|KEYPOINTS/.test(type))
    .map(({ secondary, ...label }) => ({
      ...label,
      metadata: ownMetadata(label.metadata),
      ...(label.type.startsWith('CLASSIFICATION') && { secondary }),
    }));
}

describe.each([
  ['1.0.7', 'v1_0_7', withMasks],
  ['0.0.61', 'v0_0_61', (content: FrameContent) => content],
])('frame objects in the hands of the client %s', (_version, folder, known) => {
  const scratch = scratchFolder();
  let rebuilt: Rebuilt[];
  beforeAll(() => {
    rebuilt = rebuild(folder, scratch);
  }, 180_000);

  it('are rebuilt, each of them, without a warning', () => {
    expect(rebuilt).toHaveLength(FRAMES);
    const troubled = rebuilt.flatMap(({ error, printed }, at) =>
      error !== undefined || printed !== '' ? [`${error ?? printed}: ${objectOf(frames[at]!)}`] : [],
    );
    expect(troubled).toEqual([]);
  });

  it('come back with their metadata and its types, their place, sensors and labels', () => {
    rebuilt.forEach((one, at) => {
      const stored = frames[at]!;
      const back = sentBack(one);
      expect(back.metadata ?? {}).toEqual(keptMetadata(stored));
      expectTypes(one);
      expect(back.geo).toEqual(stored.geo);
      expect(sensorsOf(back)).toEqual(sensorsOf(stored));
      expect(labelsOf(back)).toEqual(labelsOf(known(stored)).map(withFurtherMetadata));
      if (folder === 'v0_0_61') expect(wholeLabelsOf(back)).toEqual(wholeLabelsOf(stored));
    });
  });
});
