import { pino } from 'pino';
import type { ObjectStore } from '../../store/objects';
import type { MongoStore } from '../../store/mongo';
import { mongoPieces } from '../../store/mongo/object-pieces';
import { sweepLeftovers } from '../../worker/sweep';
import {
  bodyOf,
  DAY_MS,
  HOUR_MS,
  leftOf,
  makeObjects,
  newObject,
  PIECE,
  readWhole,
  sendChunks,
  Trickle,
  type ObjectBench,
} from './object-cases';
import { codeOf, newDataset, openUpload, useStore } from './store-harness';

let store: MongoStore;
let bench: ObjectBench;
let objects: ObjectStore;
useStore('object_removal', (opened) => {
  store = opened;
  bench = { database: store.database, pieces: { ...mongoPieces(store.database), pieceBytes: PIECE } };
  objects = makeObjects(bench);
});

const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, at) => at % 251));
const total = bytes.length;
const chunk = (first: number, last: number, of = total) => ({ first, last, total: of });
const part = (first: number, last: number) => bodyOf(bytes.subarray(first, last + 1));
const later = (ms: number): Date => new Date(Date.now() + ms);

async function sweep(now: Date): Promise<void> {
  while (!(await objects.removeExpired(now)));
}

describe('claims', () => {
  it('keep files until they are released, and some days more', async () => {
    const made = await Promise.all([newObject(objects), newObject(objects)]);
    for (const { upload_token } of made) await objects.putWhole(upload_token, bodyOf(bytes));
    const ids = made.map(({ object_id }) => object_id);
    const claimed = await objects.claim([...ids].reverse(), 'u1');
    expect(claimed.map(({ object_id }) => object_id)).toEqual([...ids].reverse());
    await objects.claim(ids, 'u1');
    await objects.claim(ids, 'u2');
    await sweep(later(100 * DAY_MS));
    await objects.release('u1');
    await sweep(later(100 * DAY_MS));
    while (!(await objects.removeOf('p', 'd')));
    for (const id of ids) expect(await readWhole(objects, id)).toEqual(bytes);
    await objects.release('u2');
    await objects.release('u2');
    await sweep(later(6 * DAY_MS));
    for (const id of ids) expect(await objects.get(id)).not.toBeNull();
    await sweep(later(8 * DAY_MS));
    for (const id of ids) expect(await objects.get(id)).toBeNull();
  });

  it('are for all files or none', async () => {
    const complete = await newObject(objects);
    await objects.putWhole(complete.upload_token, bodyOf(bytes));
    const pending = await newObject(objects);
    const { object_id } = complete;
    expect(await codeOf(objects.claim([object_id, pending.object_id], 'u3'))).toBe('object_incomplete');
    expect(await codeOf(objects.claim([object_id, 'nothing'], 'u3'))).toBe('object_not_found');
    await sweep(later(8 * DAY_MS));
    expect(await objects.get(object_id)).toBeNull();
  });
});

describe('the sweep', () => {
  it('removes uploads that stand still for a day, not those that go on', async () => {
    const [still, going] = [await newObject(objects), await newObject(objects)];
    const soon = makeObjects(bench, { clock: () => later(20 * HOUR_MS) });
    await soon.append(going.upload_token, chunk(0, 999), part(0, 999));
    await sweep(later(DAY_MS + HOUR_MS));
    expect(await objects.get(still.object_id)).toBeNull();
    expect(await objects.get(going.object_id)).not.toBeNull();
  });

  it('keeps assets whose dataset came to be, as long as that', async () => {
    const asset = async (project: string, dataset: string): Promise<string> => {
      const { object_id, upload_token } = await newObject(objects, { kind: 'ASSET', project, dataset });
      await objects.putWhole(upload_token, bodyOf(bytes));
      return object_id;
    };
    const { key, project, dataset } = await newDataset(store);
    const kept = await asset(project, dataset);
    const orphan = await asset(project, 'never_made');
    await sweep(later(6 * DAY_MS));
    expect(await objects.get(orphan)).not.toBeNull();
    await sweep(later(8 * DAY_MS));
    expect(await objects.get(orphan)).toBeNull();
    expect(await readWhole(objects, kept)).toEqual(bytes);

    const { upload_id } = await openUpload(store, key);
    await objects.claim([await asset(project, dataset)], upload_id);
    await store.datasets.markDeleting(key);
    await store.datasets.create({ project, dataset, mode: 'STREAMING' });
    const successor = await asset(project, dataset);
    while (!(await store.maintenance.deleteSome(key)));
    expect(await objects.get(kept)).toBeNull();
    expect(await store.database.c.objects.countDocuments({ project, dataset })).toBe(1);
    expect(await objects.get(successor)).not.toBeNull();

    await store.projects.markDeleting(project);
    for (const left of await store.maintenance.markDatasets(project))
      while (!(await store.maintenance.deleteSome(left)));
    while (!(await store.maintenance.forgetProject(project)));
    expect(await store.database.c.objects.countDocuments({ project })).toBe(0);
  });

  it('is what every worker does now and then', async () => {
    const { object_id } = await newObject(objects);
    await store.database.c.objects.updateOne({ _id: object_id }, { $set: { expires_at: new Date(0) } });
    const nothing = (): void => undefined;
    const hints = { datasetHasWork: nothing, uploadChanged: nothing, datasetDeleted: nothing, projectDeleted: nothing };
    await sweepLeftovers({ ...store, hints, logger: pino({ level: 'silent' }) });
    expect(await leftOf(bench, object_id)).toEqual({ record: 0, parts: 0 });
  });

  it('leaves attempts that live, and a removal that died is taken up', async () => {
    const { object_id, upload_token } = await newObject(objects);
    const trickle = new Trickle();
    const sent = objects.append(upload_token, chunk(0, total - 1), trickle);
    await trickle.feed(bytes.subarray(0, 3_000));
    await sweep(later(30 * 60_000));
    await trickle.feed(bytes.subarray(3_000));
    await trickle.end();
    expect((await sent).complete).toBe(true);
    await store.database.c.objects.updateOne(
      { _id: object_id },
      { $set: { state: 'REMOVING', expires_at: new Date(0) } },
    );
    expect(await objects.get(object_id)).toBeNull();
    expect(await codeOf(objects.claim([object_id], 'u4'))).toBe('object_not_found');
    await sweep(new Date());
    expect(await leftOf(bench, object_id)).toEqual({ record: 0, parts: 0 });
  });

  it('drops an attempt that is taken for dead, which then counts for nothing', async () => {
    const { object_id, upload_token } = await newObject(objects);
    const trickle = new Trickle();
    const sent = objects.append(upload_token, chunk(0, total - 1), trickle);
    await trickle.feed(bytes.subarray(0, 3_000));
    await sweep(later(2 * HOUR_MS));
    await trickle.feed(bytes.subarray(3_000));
    await trickle.end();
    expect(await codeOf(sent)).toBe('out_of_order');
    expect(await objects.resumeAt(upload_token)).toBe(0);
    await sendChunks(objects, upload_token, bytes, 2_000);
    expect(await readWhole(objects, object_id)).toEqual(bytes);
  });
});
