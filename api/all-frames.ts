import type { DatasetKey, RevisionRecord } from '../store/records';
import type { FrameStore } from '../store/store';

/** Frames that are held in memory at once. */
const PAGE = 500;

/** Every frame of a version after the given id, page by page, in byte order of the ids. */
export async function* allFrames(
  frames: FrameStore,
  key: DatasetKey,
  version: number,
  after?: string,
): AsyncGenerator<RevisionRecord[], void> {
  let cursor: string | null | undefined = after;
  while (cursor !== null) {
    const page: Awaited<ReturnType<FrameStore['page']>> = await frames.page(
      key,
      version,
      {},
      { after: cursor, limit: PAGE },
    );
    if (page.items.length > 0) yield page.items;
    cursor = page.next;
  }
}
