import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import request, { type Response } from 'supertest';
import { createApp, type Api } from '../../api/app';
import { hashSecret, newSecret } from '../../api/auth/secrets';
import type { Role } from '../../store/records';
import { connectStore, type MongoStore } from '../../store/mongo';
import type { DatasetRef, Hints, UploadRef } from '../../temporal/hints';
import { activitiesOf, NO_HINTS } from '../support/activities-of';
import { freshDatabaseName, testMongoUri } from '../support/engines';
import { eventually } from '../support/eventually';
import { checkAnswer } from './check-answer';

export interface Sent {
  body?: unknown;
  /** A body that is sent as it is. */
  raw?: string | Buffer;
  headers?: Record<string, string>;
  /** The secret of a key; null for none; the admin's unless given. */
  key?: string | null;
}

/** Where the API says that it is reached. */
export const PUBLIC_URL = 'http://vivarium.test';

type Group = 'projects' | 'datasets' | 'uploads' | 'frames' | 'keys' | 'workers';

/** The API on a real store; where a worker would drain a dataset's queue, the same activity runs in this process. */
export class TestApi {
  readonly hinted: string[] = [];
  private readonly replaced: (() => void)[] = [];
  temporalIsUp = true;
  publicUrl = PUBLIC_URL;
  now: () => Date = () => new Date();

  private constructor(
    readonly store: MongoStore,
    readonly api: Api,
    readonly admin: string,
    private readonly actors: Actors,
  ) {}

  static async start(name: string): Promise<TestApi> {
    const store = await connectStore(testMongoUri(freshDatabaseName(name)));
    const actors = new Actors(store);
    const admin = await newKey(store, 'admin');
    let self: TestApi | undefined = undefined as TestApi | undefined;
    const note = (name_: string) => void self?.hinted.push(name_);
    const hints: Hints = {
      datasetHasWork: (dataset) => {
        note('datasetHasWork');
        actors.wake(dataset);
      },
      uploadChanged: (upload) => {
        note(`uploadChanged ${upload.kind}`);
        actors.stage(upload);
      },
      datasetDeleted: ({ dataset }) => note(`datasetDeleted ${dataset}`),
      projectDeleted: (project) => note(`projectDeleted ${project}`),
    };
    const api = createApp({
      store,
      hints,
      health: { reachable: async () => self?.temporalIsUp ?? true },
      clock: () => self?.now() ?? new Date(),
      logger: pino({ level: 'silent' }),
      publicUrl: () => self?.publicUrl ?? '',
      dataHosts: [],
      version: '0.0.0',
    });
    self = new TestApi(store, api, admin, actors);
    return self;
  }

  async stop(): Promise<void> {
    this.api.stopWatching();
    await this.api.close();
    await this.actors.stop();
    await this.store.database.db.dropDatabase();
    await this.store.close();
  }

  /** Puts something else in place of a verb of the store, until `restore`; by default the verb itself, counted. */
  replace<G extends Group, V extends keyof MongoStore[G] & string>(
    group: G,
    verb: V,
    act: MongoStore[G][V] = this.store[group][verb],
  ): jest.Mock {
    const verbs = this.store[group];
    const original = verbs[verb];
    const mock = jest.fn(act as () => unknown);
    verbs[verb] = mock as MongoStore[G][V];
    this.replaced.push(() => void (verbs[verb] = original));
    return mock;
  }

  restore(): void {
    for (const putBack of this.replaced.splice(0)) putBack();
  }

  /** Sends a request below /api/v2 and checks the answer against the contract. */
  async call(method: string, path: string, sent: Sent = {}): Promise<Response> {
    const url = /^\/(api|healthz$|readyz$)/.test(path) ? path : `/api/v2${path}`;
    let test = request(this.api.app)[method.toLowerCase() as 'get'](url);
    const key = sent.key === undefined ? this.admin : sent.key;
    if (key !== null) test = test.set('x-illume-api-key', key);
    if (sent.body !== undefined) test = test.set('content-type', 'application/json').send(JSON.stringify(sent.body));
    test = test.set(sent.headers ?? {});
    if (sent.raw !== undefined) test = test.serialize((raw: string) => raw).send(sent.raw);
    const answer = await test;
    checkAnswer(method, url, answer);
    return answer;
  }

  get = (path: string, sent?: Sent) => this.call('GET', path, sent);
  post = (path: string, body?: unknown, sent?: Sent) => this.call('POST', path, { body, ...sent });

  key(role: Role, projects?: string[]): Promise<string> {
    return newKey(this.store, role, projects);
  }

  /** Makes a project (unless it is there) and a dataset in it; answers its path. */
  async dataset(project: string, dataset: string, mode = 'STREAMING'): Promise<string> {
    await this.post('/projects', { id: project, label_classes: ['RBC', 'WBC'] });
    const made = await this.post(`/projects/${project}/datasets`, { id: dataset, mode });
    expect(made.status).toBe(201);
    return `/projects/${project}/datasets/${dataset}`;
  }

  /** Sends items through an upload of their own and waits until it has ended; answers its id. */
  async upload(dataset: string, items: object[], message = '', mode?: string): Promise<string> {
    const { upload_id } = (await this.post(`${dataset}/uploads`, { message, mode })).body as { upload_id: string };
    const raw = items.map((item) => JSON.stringify(item)).join('\n');
    const headers = { 'content-type': 'application/x-ndjson' };
    await this.call('POST', `${dataset}/uploads/${upload_id}/items`, { raw, headers });
    await this.post(`${dataset}/uploads/${upload_id}/close`);
    await this.ended(dataset, upload_id);
    return upload_id;
  }

  async ended(dataset: string, upload_id: string): Promise<Response['body']> {
    let body: Response['body'];
    await eventually(async () => {
      body = (await this.get(`${dataset}/uploads/${upload_id}`)).body as Response['body'];
      expect(['DONE', 'PARTIAL', 'FAILED', 'CANCELLED']).toContain(body.state);
    }, 120_000);
    return body;
  }
}

/** A put item with one label. */
export function put(frame_id: string, more: object = {}): object {
  const geometry = { left: 1, top: 2, width: 3, height: 4 };
  return {
    op: 'put',
    frame_id,
    frame: {
      sensor_data: [
        { sensor_id: 'DEFAULT', type: 'IMAGE', url: `https://example.org/${encodeURIComponent(frame_id)}.jpg` },
      ],
      labels: [{ label_id: 'b1', type: 'BBOX_2D', class: 'WBC', geometry }],
      ...more,
    },
  };
}

async function newKey(store: MongoStore, role: Role, projects?: string[]): Promise<string> {
  const secret = newSecret();
  const key_id = `${role}_${hashSecret(secret).slice(0, 8)}`;
  await store.keys.create({ key_id, secret_hash: hashSecret(secret), name: role, role, ...(projects && { projects }) });
  return secret;
}

/** One drain a dataset at a time, woken by hints. */
class Actors {
  private readonly running = new Map<
    number | string,
    { env: MockActivityEnvironment; done: Promise<void>; wokenAgain: boolean }
  >();
  private stopped = false;
  private readonly activities;

  constructor(store: MongoStore) {
    const hints = { ...NO_HINTS, datasetHasWork: (dataset: DatasetRef) => this.wake(dataset) };
    this.activities = activitiesOf(store, { hints });
  }

  wake(dataset: DatasetRef): void {
    this.run(dataset.key, (env) => env.run(this.activities.drainDataset, dataset));
  }

  /** Reads the files of an upload that has any. */
  stage(upload: UploadRef): void {
    this.run(upload.upload_id, (env) => env.run(this.activities.stageFiles, upload));
  }

  private run(id: number | string, work: (env: MockActivityEnvironment) => Promise<unknown>): void {
    const running = this.running.get(id);
    // It may be past its last look already.
    if (running) return void (running.wokenAgain = true);
    const env = new MockActivityEnvironment();
    const done = work(env)
      .catch(() => undefined)
      .then(() => {
        const { wokenAgain } = this.running.get(id) ?? {};
        this.running.delete(id);
        if (wokenAgain && !this.stopped) this.run(id, work);
      });
    this.running.set(id, { env, done, wokenAgain: false });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const { env } of this.running.values()) env.cancel();
    await Promise.all([...this.running.values()].map(({ done }) => done));
  }
}
