import { frameHash, HashSum } from '../domain/content-hash';
import type { DatasetKey } from '../store/records';
import type { Store } from '../store/store';
import { allFrames } from './all-frames';
import { sha256 } from './sha256';

/** The most frames that are named as mismatched. */
const MOST_NAMED = 100;

export interface Verification {
  version: number;
  ok: boolean;
  content_hash: string;
  computed_hash: string;
  frames: number;
  mismatched: string[];
}

/** Recomputes every frame's hash and their sum, page by page. Costs what the whole version is large. */
export async function verifyVersion(
  store: Store,
  key: DatasetKey,
  version: number,
  signal: AbortSignal,
): Promise<Verification> {
  const { content_hash } = await store.versions.get(key, version);
  const sum = new HashSum();
  const mismatched: string[] = [];
  let frames = 0;
  for await (const page of allFrames(store.frames, key, version)) {
    signal.throwIfAborted();
    for (const { frame_id, content, hash } of page) {
      const computed = frameHash(frame_id, content, sha256);
      sum.add(computed);
      if (computed !== hash && mismatched.length < MOST_NAMED) mismatched.push(frame_id);
    }
    frames += page.length;
  }
  const computed_hash = sum.toString();
  const ok = mismatched.length === 0 && computed_hash === content_hash;
  return { version, ok, content_hash, computed_hash, frames, mismatched };
}
