import { HashSum } from '../../domain/content-hash';
import type { MongoStore } from '../../store/mongo';
import { hashFrame } from '../support/sha256';
import { readAll } from './store-harness';

/** Everything that counts and hashes say is what the frames themselves say. */
export async function checkVersion(store: MongoStore, key: number, version: number): Promise<void> {
  const live = await readAll(store, key, version);
  const record = await store.versions.get(key, version);
  const sum = new HashSum();
  for (const { frame_id, hash, content } of live) {
    expect(hash).toBe(hashFrame(frame_id, content));
    sum.add(hash);
  }
  expect(record.content_hash).toBe(sum.toString());
  expect(record.counts).toMatchObject({
    frames: live.length,
    labels: live.reduce((n, { content }) => n + (content.labels?.length ?? 0), 0),
  });
}
