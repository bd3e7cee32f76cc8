import { DrainedStore, frameName, numbered, putItem } from '../support/drained-store';

let one: DrainedStore;

beforeEach(async () => {
  one = await DrainedStore.open('rejected');
});

afterEach(() => one.close());

/** A real fault of the store: a validator that refuses one frame. */
async function refuse(frame_id: string | null): Promise<void> {
  const validator = frame_id === null ? {} : { frame_id: { $ne: frame_id } };
  await one.store.database.db.command({ collMod: 'frames', validator });
}

describe('an item that the store refuses', () => {
  it('fails alone, after several attempts, and is applied under its old number when it is tried again', async () => {
    await refuse(frameName(1_234));
    const upload_id = await one.submit(
      'STREAMING',
      numbered(2_500, (n) => putItem(frameName(n), { n })),
    );
    const { state, counts } = await one.drainToEnd(upload_id);
    expect({ state, counts }).toMatchObject({
      state: 'PARTIAL',
      counts: { received: 2_500, applied: 2_499, failed: 1, pending: 0 },
    });
    const [error, ...others] = await one.errors(upload_id);
    expect(others).toEqual([]);
    expect(error).toMatchObject({ item: 1_234, line: 1_235, frame_id: frameName(1_234), code: 'store_rejected' });
    expect(error?.attempts).toBeGreaterThan(1);
    expect(error?.message).toMatch(/refused this frame \d times: Document failed validation/);
    expect(await one.dataset()).toMatchObject({ head: 1, counts: { frames: 2_499 } });

    await refuse(null);
    expect((await one.store.uploads.retry(one.key, upload_id)).retried).toBe(1);
    expect(await one.drainToEnd(upload_id)).toMatchObject({
      state: 'DONE',
      counts: { received: 2_500, applied: 2_500, failed: 0, pending: 0 },
      last_version: 2,
    });
    expect(await one.errors(upload_id)).toEqual([]);
    const { item } = await one.store.uploads.outcome(upload_id, 1_234);
    expect(item).toMatchObject({ item: 1_234, frame_id: frameName(1_234), state: 'APPLIED', version: 2 });
    expect(await one.dataset()).toMatchObject({ head: 2, counts: { frames: 2_500 } });
  }, 60_000);

  it('is applied when the trouble passes before the attempts are over', async () => {
    await refuse(frameName(77));
    const upload_id = await one.submit(
      'STREAMING',
      numbered(200, (n) => putItem(frameName(n), { n })),
    );
    let alone = 0;
    const probe: typeof one.store.commits.probe = async (revisions) => {
      const [only, ...others] = revisions.frame_ids;
      if (only === frameName(77) && others.length === 0 && ++alone === 3) await refuse(null);
      return one.store.commits.probe(revisions);
    };
    // What a worker's retry policy does: an attempt that fails is followed by another.
    const first = one.drain({ probe });
    await expect(first.done).rejects.toThrow(/validation/);
    const { state, counts } = await one.drainToEnd(upload_id);
    expect(alone).toBe(3);
    expect({ state, counts }).toMatchObject({ state: 'DONE', counts: { received: 200, applied: 200, failed: 0 } });
    expect(await one.dataset()).toMatchObject({ head: 1, counts: { frames: 200 } });
  }, 60_000);
});
