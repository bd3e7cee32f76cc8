import type { IdempotencyClaim } from '../../store/staging';
import type { MongoStore } from '../../store/mongo';
import { codeOf, freshId, newDataset, openUpload, chunksOf, useStore } from './store-harness';

let store: MongoStore;
useStore('keys', (opened) => (store = opened));

describe('keys', () => {
  const key = (key_id: string) => ({
    key_id,
    secret_hash: `hash of ${key_id}`,
    name: 'n',
    role: 'writer' as const,
    projects: ['p'],
  });

  it('are found by the hash of their secret, which is never read back', async () => {
    const id = freshId('k');
    const made = await store.keys.create(key(id));
    expect(made).toEqual({ key_id: id, name: 'n', role: 'writer', projects: ['p'], created_at: expect.any(Date) });
    expect(await store.keys.bySecretHash(`hash of ${id}`)).toEqual(made);
    expect(await store.keys.bySecretHash('another')).toBeNull();
    expect(await codeOf(store.keys.create(key(id)))).toBe('key_exists');
    expect(await codeOf(store.keys.create({ ...key(freshId('k')), secret_hash: `hash of ${id}` }))).toBe('key_exists');
  });

  it('open nothing once they are revoked, and keep the instant of the first revocation', async () => {
    const id = freshId('k');
    await store.keys.create(key(id));
    await store.keys.revoke(id);
    expect(await store.keys.bySecretHash(`hash of ${id}`)).toBeNull();
    const listed = async () =>
      (await store.keys.list({ limit: 100 })).items.find(({ key_id }) => key_id === id)?.revoked_at;
    const revoked_at = await listed();
    await store.keys.revoke(id);
    expect(await listed()).toEqual(revoked_at);
    expect(await codeOf(store.keys.revoke('none'))).toBe('key_not_found');
  });

  it('are listed page by page', async () => {
    const prefix = freshId('zlist');
    for (const end of ['b', 'a', 'c']) await store.keys.create(key(prefix + end));
    const page = await store.keys.list({ after: prefix, limit: 2 });
    expect([page.items.map(({ key_id }) => key_id), page.next]).toEqual([[`${prefix}a`, `${prefix}b`], `${prefix}b`]);
    expect((await store.keys.list({ after: page.next!, limit: 1 })).items.map(({ key_id }) => key_id)).toEqual([
      `${prefix}c`,
    ]);
  });
});

describe('idempotency claims', () => {
  const claimed = async (id: string, owner = 'one', body_hash = 'h'): Promise<IdempotencyClaim> => {
    const answer = await store.idempotency.claim(id, body_hash, owner);
    if (answer.outcome !== 'claimed') throw new Error(`The claim was answered ${answer.outcome}`);
    return answer.claim;
  };
  const fallSilent = (id: string) =>
    store.database.c.idempotency.updateOne({ _id: id }, { $set: { beat_at: new Date(Date.now() - 10_001) } });
  const RESPONSE = { status: 201, body: { a: [1, null] }, headers: { Location: '/x' } };

  it('belong to one claimant, whose answer all others get', async () => {
    const id = freshId('c');
    const answers = await Promise.all(['one', 'two', 'three'].map((owner) => store.idempotency.claim(id, 'h', owner)));
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['claimed', 'running', 'running']);
    const winner = answers.find((answer) => answer.outcome === 'claimed')!;
    await store.idempotency.finish(winner.claim, RESPONSE);
    expect(await store.idempotency.claim(id, 'h', 'four')).toEqual({ outcome: 'replay', body_hash: 'h', ...RESPONSE });
    expect(await store.idempotency.claim(id, 'other', 'four')).toEqual({ outcome: 'reused' });
  });

  it('are refused to another body also while they run', async () => {
    const id = freshId('c');
    await claimed(id);
    expect(await store.idempotency.claim(id, 'other', 'two')).toEqual({ outcome: 'reused' });
  });

  it('are taken over from a claimant that fell silent, with what it had noted', async () => {
    const id = freshId('c');
    const first = await claimed(id);
    await store.idempotency.note(first, { upload_id: 'u' });
    await fallSilent(id);
    const taken = await Promise.all(['two', 'three'].map((owner) => store.idempotency.claim(id, 'h', owner)));
    expect(taken.map(({ outcome }) => outcome).sort()).toEqual(['claimed', 'running']);
    const successor = taken.find((answer) => answer.outcome === 'claimed')!;
    expect(successor.resume).toEqual({ upload_id: 'u' });
    // The silent one was only slow: nothing that it says counts any more.
    await store.idempotency.finish(first, { ...RESPONSE, status: 500 });
    await store.idempotency.release(first);
    await store.idempotency.note(first, { upload_id: 'wrong' });
    expect(await store.idempotency.claim(id, 'h', 'four')).toEqual({ outcome: 'running' });
    await store.idempotency.finish(successor.claim, RESPONSE);
    expect(await store.idempotency.claim(id, 'h', 'four')).toMatchObject({ outcome: 'replay', status: 201 });
  });

  it('are not taken over while the claimant beats', async () => {
    const id = freshId('c');
    const first = await claimed(id);
    await fallSilent(id);
    await store.idempotency.beat(first);
    expect(await store.idempotency.claim(id, 'h', 'two')).toEqual({ outcome: 'running' });
  });

  it('are free again after a release, which leaves a finished one alone', async () => {
    const id = freshId('c');
    await store.idempotency.release(await claimed(id));
    const again = await claimed(id, 'two', 'another body');
    await store.idempotency.finish(again, RESPONSE);
    await store.idempotency.release(again);
    expect(await store.idempotency.claim(id, 'another body', 'three')).toMatchObject({ outcome: 'replay' });
  });

  it('are finished in the transaction that numbers a post, or the post is not taken', async () => {
    const { key } = await newDataset(store);
    const { upload_id } = await openUpload(store, key);
    const id = freshId('c');
    const slow = await claimed(id, 'slow', '');
    const post = async (claim: IdempotencyClaim) => {
      const submission = await store.staging.begin(key, upload_id);
      const [chunk] = chunksOf(['{"op":"delete","frame_id":"f"}']);
      await store.staging.putChunk(submission, chunk!);
      return store.staging.complete(
        submission,
        { chunks: 1, items: 1 },
        { claim: { ...claim, body_hash: 'known now' } },
      );
    };
    await fallSilent(id);
    const quick = await claimed(id, 'quick', '');
    expect(await post(quick)).toEqual({ first_index: 0, count: 1 });
    expect(await codeOf(post(slow))).toBe('conflict');
    expect((await store.uploads.get(key, upload_id)).counts.received).toBe(1);
    expect(await store.idempotency.claim(id, '', 'later')).toEqual({
      outcome: 'replay',
      status: 202,
      body: { first_index: 0, count: 1 },
      headers: {},
      body_hash: 'known now',
    });
  });
});

describe('workers', () => {
  it('count as alive for ten seconds after a beat, and not after they left', async () => {
    await store.workers.beat('a');
    await store.workers.beat('b');
    await store.workers.beat('b');
    expect(await store.workers.alive()).toBe(2);
    await store.database.c.workers.updateOne({ _id: 'a' }, { $set: { beat_at: new Date(Date.now() - 10_001) } });
    expect(await store.workers.alive()).toBe(1);
    await store.workers.leave('b');
    expect(await store.workers.alive()).toBe(0);
  });
});
