import type { Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { Semaphore } from 'async-mutex';
import { pino } from 'pino';
import { groupWriter } from '../../activities/commit/write-group';
import type { Drained } from '../../activities/drain-dataset';
import { ByteBudget } from '../../staging/byte-budget';
import { INTAKE_LIMITS } from '../../api/intake/limits';
import { stageLines } from '../../staging/stage-lines';
import type { CommitStore } from '../../store/commit-store';
import { connectStore, type MongoStore } from '../../store/mongo';
import { FINAL_STATES, type DatasetRecord, type ItemError, type UploadRecord } from '../../store/records';
import { activitiesOf } from './activities-of';
import { freshDatabaseName, testMongoUri } from './engines';
import { eventually } from './eventually';

export interface Drain {
  env: MockActivityEnvironment;
  done: Promise<Drained>;
}

/** A dataset on the real store, whose queue a test drains itself, with the activity that a worker runs. */
export class DrainedStore {
  private constructor(
    readonly store: MongoStore,
    readonly key: number,
  ) {}

  static async open(name: string, mode: DatasetRecord['mode'] = 'STREAMING'): Promise<DrainedStore> {
    const store = await connectStore(testMongoUri(freshDatabaseName(name)));
    const label_classes = ['car', 'tree'].map((one, id) => ({
      name: one,
      id,
      color: [0, 0, 0] as [number, number, number],
    }));
    await store.projects.create({ project: 'p', label_classes, primary_task: '2D_OBJECT_DETECTION' });
    const { key } = await store.datasets.create({ project: 'p', dataset: 'd', mode });
    return new DrainedStore(store, key);
  }

  async close(): Promise<void> {
    await this.store.database.db.dropDatabase();
    await this.store.close();
  }

  dataset = (): Promise<DatasetRecord> => this.store.datasets.get('p', 'd');

  upload = (upload_id: string): Promise<UploadRecord> => this.store.uploads.get(this.key, upload_id);

  /** Opens an upload, stages each list of items as one post, and closes it. */
  async submit(kind: 'STREAMING' | 'BATCH', ...posts: object[][]): Promise<string> {
    const { store, key } = this;
    const { upload_id } = await store.uploads.open(key, { kind, created_by: 'tester', message: '' });
    for (const post of posts) {
      const lines = post.map((item, at) => ({ number: at + 1, bytes: Buffer.from(JSON.stringify(item)) }));
      const intake = {
        limits: INTAKE_LIMITS,
        budget: new ByteBudget(INTAKE_LIMITS.bytesInFlight),
        logger: pino({ level: 'silent' }),
      };
      await stageLines({ ...intake, staging: store.staging }, key, upload_id, [lines]);
    }
    await store.uploads.close(key, upload_id);
    return upload_id;
  }

  /** One run of the activity; with other verbs in place of some of the store's. */
  drain(commits: Partial<CommitStore> = {}, env = newEnvironment()): Drain {
    const { store } = this;
    const verbs = { ...store.commits, ...commits };
    const activities = activitiesOf(store, { commits: verbs, groups: groupWriter(verbs), slots: new Semaphore(4) });
    const done = env.run(activities.drainDataset, { project: 'p', dataset: 'd', key: this.key }) as Promise<Drained>;
    done.catch(() => undefined);
    return { env, done };
  }

  /** Drains until an upload has ended, then stops the activity, which would linger for more. */
  async drainToEnd(upload_id: string, commits: Partial<CommitStore> = {}): Promise<UploadRecord> {
    const { env, done } = this.drain(commits);
    const failed = done.then(() => undefined);
    await Promise.race([
      failed,
      eventually(async () => expect(FINAL_STATES).toContain((await this.upload(upload_id)).state), 60_000),
    ]);
    env.cancel();
    await done.catch(() => undefined);
    return this.upload(upload_id);
  }

  async errors(upload_id: string): Promise<ItemError[]> {
    const errors: ItemError[] = [];
    for await (const error of this.store.uploads.errors(this.key, upload_id, { bodies: false })) errors.push(error);
    return errors;
  }
}

/** An activity's surroundings; the activity's failures are the test's to judge, not to be logged. */
export function newEnvironment(info: Partial<Info> = {}): MockActivityEnvironment {
  return new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR', () => undefined) });
}

/** A put of a frame with one label. */
export function putItem(frame_id: string, metadata: object = {}, label_class = 'car'): object {
  const geometry = { left: 1, top: 2, width: 3, height: 4 };
  return { frame_id, frame: { metadata, labels: [{ label_id: 'a', type: 'BBOX_2D', class: label_class, geometry }] } };
}

export const numbered = (count: number, make: (number: number) => object): object[] =>
  Array.from({ length: count }, (_, number) => make(number));

export const frameName = (number: number): string => `f${String(number).padStart(6, '0')}`;
