import { z } from 'zod';
import { COORDINATE_FRAME_TYPES, LABEL_TYPES, SENSOR_TYPES } from '../../domain/frame';
import { After, DatasetPath, Flag, FramePath, IfNoneMatchHeaders, Limit, VersionText, VersionValue } from './common';
import { API_ROOT, endpoint } from './endpoint';

const FreeJson = z.record(z.string(), z.unknown());
const Vector = z.array(z.number());
/** The model's name stands beside the vector where the writer named one. */
const Embedding = z
  .union([Vector, z.strictObject({ model: z.string(), vector: Vector })])
  .meta({ id: 'Embedding', description: 'A vector, with the name of the model that made it where one was given' });

const Sensor = z
  .looseObject({
    sensor_id: z.string(),
    type: z.enum(SENSOR_TYPES),
    url: z.string().optional().meta({ description: 'Short for the first of urls' }),
    urls: z.record(z.string(), z.string()).optional(),
    width: z.number().optional().meta({ description: 'Pixels' }),
    height: z.number().optional().meta({ description: 'Pixels' }),
  })
  .meta({ id: 'Sensor' });

const CoordinateFrame = z
  .looseObject({ id: z.string(), type: z.enum(COORDINATE_FRAME_TYPES), metadata: FreeJson.optional() })
  .meta({ id: 'CoordinateFrame' });

/** A label as it is read. */
export const LabelView = z
  .looseObject({
    label_id: z.string(),
    type: z.enum(LABEL_TYPES),
    class: z.string().optional(),
    geometry: FreeJson.meta({ description: 'Boxes: left, top, width, height in pixels' }),
    sensor_id: z.string().optional(),
    coordinate_frame_id: z.string().optional(),
    confidence: z.number().optional(),
    metadata: FreeJson.optional(),
    embedding: Embedding.optional(),
    since: z.number().int().meta({ description: 'The version that last changed the label' }),
  })
  .meta({ id: 'Label' });

/** A frame as it is read. */
export const FrameView = z
  .looseObject({
    frame_id: z.string(),
    date_captured: z.string().optional(),
    device_id: z.string().optional(),
    sensor_data: z.array(Sensor).optional(),
    coordinate_frames: z.array(CoordinateFrame).optional(),
    geo: z.strictObject({ lat: z.number(), lon: z.number() }).optional(),
    metadata: FreeJson.optional(),
    custom_metrics: FreeJson.optional(),
    embedding: Embedding.optional(),
    labels: z.array(LabelView).optional(),
    version: z.number().int().meta({ description: 'The revision: the version that wrote it' }),
    dataset_version: z.number().int().meta({ description: 'The version that was asked for' }),
    hash: z.string(),
  })
  .meta({ id: 'Frame' });

export const BatchGet = z
  .strictObject({
    frame_ids: z.array(z.string().max(512)).min(1, 'Expected at least one id').max(1000, 'Expected at most 1,000 ids'),
    version: VersionValue.optional(),
    embeddings: z.boolean().default(false),
  })
  .meta({ id: 'BatchGet' });

const embeddings = Flag.meta({ description: 'Whether to read the vectors too' });
const version = VersionText.optional();
const tag = 'Frames';
const frames = `${API_ROOT}/projects/{p}/datasets/{d}/frames`;

/** What choosing a version may meet. */
export const VERSION_PROBLEMS = [
  'version_not_found',
  'version_pruned',
  'no_version_at_time',
  'version_in_future',
  'invalid_version',
] as const;

export const frameEndpoints = {
  page: endpoint({
    method: 'get',
    path: frames,
    summary: 'Read the frames of a version page by page',
    tag,
    role: 'reader',
    params: DatasetPath,
    headers: IfNoneMatchHeaders,
    query: z.strictObject({
      version,
      after: After.meta({ description: 'The last frame_id of the page before' }),
      limit: Limit,
      class: z.string().min(1).max(512).optional().meta({ description: 'Frames with a label of this class' }),
      device_id: z.string().min(1).max(2048).optional(),
      prefix: z.string().min(1).max(512).optional().meta({ description: 'Frames whose id starts so' }),
      embeddings,
    }),
    answers: {
      200: {
        description: 'In byte order of the ids',
        schema: z.strictObject({
          items: z.array(FrameView),
          next_cursor: z.string().nullable(),
          version: z.number().int().meta({ description: 'Pass it on to walk one version while head moves' }),
        }),
      },
      304: { description: 'The caller holds this page' },
    },
    problems: [...VERSION_PROBLEMS],
  }),
  get: endpoint({
    method: 'get',
    path: `${frames}/{f}`,
    summary: 'Read one frame; the ETag is its revision',
    tag,
    role: 'reader',
    params: FramePath,
    headers: IfNoneMatchHeaders,
    query: z.strictObject({ version, embeddings }),
    answers: {
      200: { description: 'The frame', schema: FrameView },
      304: { description: 'The caller holds this revision' },
    },
    problems: [...VERSION_PROBLEMS, 'frame_not_found'],
  }),
  batchGet: endpoint({
    method: 'post',
    path: `${frames}/batch-get`,
    summary: 'Read many frames by id',
    tag,
    role: 'reader',
    params: DatasetPath,
    body: BatchGet,
    answers: {
      200: {
        description: 'In the order asked',
        schema: z.strictObject({
          items: z.array(FrameView),
          missing: z.array(z.string()).meta({ description: 'Ids without a frame at this version' }),
          version: z.number().int(),
        }),
      },
    },
    problems: [...VERSION_PROBLEMS],
  }),
};
