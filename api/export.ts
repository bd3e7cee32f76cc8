import { exportItem } from '../domain/view';
import type { DatasetKey } from '../store/records';
import type { FrameStore } from '../store/store';
import { allFrames } from './all-frames';
import { toJson } from './json';
import { vectorsOf } from './views/frame';

/** A version as put items, one a line, that can be submitted again. */
export async function* exportLines(
  frames: FrameStore,
  key: DatasetKey,
  version: number,
  { after, embeddings }: { after?: string; embeddings: boolean },
): AsyncGenerator<string, void> {
  for await (const page of allFrames(frames, key, version, after)) {
    const vectors = embeddings ? await frames.vectors(key, page) : undefined;
    for (const revision of page) {
      const item = exportItem(revision.frame_id, revision.content, vectors && vectorsOf(vectors, revision));
      yield `${toJson(item)}\n`;
    }
  }
}
