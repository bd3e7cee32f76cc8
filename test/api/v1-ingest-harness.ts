import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Response } from 'supertest';
import { eventually } from '../support/eventually';
import { PUBLIC_URL, TestApi } from './api-harness';
import { callV1 } from './v1-call';

export interface Files {
  frame: string[];
  crop: string[];
  frame_embeddings?: string[];
  crop_embeddings?: string[];
}

/** Uploads and ingests as the old client makes them, each test in a project of its own with the classes cat and dog. */
export class V1Ingest {
  project = '';
  private projects = 0;

  private constructor(readonly api: TestApi) {}

  static async start(name: string): Promise<V1Ingest> {
    return new V1Ingest(await TestApi.start(name));
  }

  stop = (): Promise<void> => this.api.stop();

  newProject = async (): Promise<void> => {
    this.project = `p${++this.projects}`;
    await this.api.post('/projects', { id: this.project, label_classes: ['cat', 'dog'] });
  };

  v1 = (method: string, path: string, body?: unknown): Promise<Response> => callV1(this.api, method, path, { body });

  /** A file as the client uploads it; answers its download URL. */
  file = async (
    content: string | Uint8Array,
    filename = 'U_frame_data_batch_000001.jsonl',
    project = this.project,
  ): Promise<string> => {
    const { objects } = this.api.store;
    const { object_id, upload_token } = await objects.create({ project, dataset: 'd', filename, kind: 'FILE' });
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    await objects.putWhole(upload_token, once(bytes), bytes.length);
    return `${PUBLIC_URL}/objects/${object_id}`;
  };

  filesOf = async (frames: object[], crops: object[]): Promise<Files> => ({
    frame: [await this.file(lines(frames))],
    crop: [await this.file(lines(crops), 'U_crop_data_batch_000001.jsonl')],
  });

  ingest = (data_url: Files | string[], more: object = {}): Promise<Response> =>
    this.v1('POST', `/projects/${this.project}/datasets`, { dataset_id: 'd', data_url, upload_version: 'v1', ...more });

  /** Waits as the client does, and answers what the windows came to. */
  windows = async (version = 'v1', dataset = 'd'): Promise<string[]> => {
    let statuses: string[] = [];
    await eventually(async () => {
      const path = `/streaming/projects/${this.project}/datasets/${dataset}/upload_version/${version}/windows`;
      statuses = ((await this.v1('GET', path)).body as { status: string }[]).map(({ status }) => status);
      expect(statuses.length).toBeGreaterThan(0);
      expect(statuses).not.toContain('PROCESSING');
    });
    return statuses;
  };

  dataset = (name = 'd'): string => `/projects/${this.project}/datasets/${name}`;

  frame = async (id: string, query = '', name = 'd'): Promise<unknown> =>
    (await this.api.get(`${this.dataset(name)}/frames/${id}${query}`)).body;
}

/** A file that pyarrow wrote. */
export const arrowFile = (name: string): Promise<Buffer> =>
  readFile(join(__dirname, '..', 'activities', 'arrow-files', `${name}-pyarrow14.arrow`));

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

export const lines = (rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

export const frameRow = (task_id: string, more: object = {}): object => ({
  task_id,
  date_captured: '2024-01-02T03:04:05+00:00',
  device_id: 'd',
  coordinate_frames: [],
  sensor_data: [],
  geo_data: {},
  reuse_latest_embedding: false,
  change: 'ADD',
  user_metadata_types: {},
  user_metadata_modes: {},
  ...more,
});

export const box = (uuid: string, label = 'cat', more: object = {}): object => ({
  uuid,
  label_type: 'BBOX_2D',
  label,
  label_coordinate_frame: 'DEFAULT',
  attributes: { top: 1, left: 2.5, width: 3, height: 4 },
  reuse_latest_embedding: false,
  change: 'ADD',
  ...more,
});
export const cropRow = (task_id: string, labels: object[] = []): object => ({
  task_id,
  type: 'GT',
  label_data: labels,
});
