import { StoreError } from '../../store/errors';
import { FINAL_STATES, type DatasetKey, type UploadRecord } from '../../store/records';
import type { UploadStore } from '../../store/store';
import { toJson } from '../json';
import { uploadBody } from '../views/upload';

/** How often the store is asked how a watched upload stands. */
const POLL_MS = 250;

/** What a watcher is told. */
export type ProgressEvent =
  | { event: 'progress'; data: string }
  /** The upload has reached a final state, or is gone; nothing follows. */
  | { event: 'end'; data: string };

/** Null: this process stops; whoever watches may connect to another. */
type Watcher = (event: ProgressEvent | null) => void;

interface Watched {
  key: DatasetKey;
  upload_id: string;
  watchers: Set<Watcher>;
  /** What was last told to all of them. */
  last?: string;
  timer?: NodeJS.Timeout;
}

/** Follows uploads on behalf of any number of watchers, with one poll an upload however many watch it. */
export class UploadProgress {
  private readonly watched = new Map<string, Watched>();
  private closed = false;

  constructor(private readonly uploads: UploadStore) {}

  /**
   * Tells a watcher how the upload stands now, as just read, and then whenever that changes.
   * @returns what ends it; harmless after the end
   */
  watch(upload: UploadRecord, watcher: Watcher): () => void {
    const id = `${upload.key}/${upload.upload_id}`;
    if (this.closed) {
      watcher(null);
      return () => undefined;
    }
    const now = describe(upload);
    watcher({ event: 'progress', data: now });
    if (FINAL_STATES.includes(upload.state)) {
      watcher({ event: 'end', data: now });
      return () => undefined;
    }
    const entry = this.watched.get(id) ?? {
      key: upload.key,
      upload_id: upload.upload_id,
      watchers: new Set<Watcher>(),
    };
    entry.watchers.add(watcher);
    entry.last ??= now;
    // A late watcher may know more than the others; then all hear the newer state at the next poll.
    if (entry.last !== now) entry.last = '';
    if (!this.watched.has(id)) {
      this.watched.set(id, entry);
      this.pollLater(id, entry);
    }
    return () => {
      entry.watchers.delete(watcher);
      if (entry.watchers.size === 0) this.stop(id, entry);
    };
  }

  /** Ends all watching, now and later. */
  close(): void {
    this.closed = true;
    for (const [id, entry] of this.watched) {
      this.stop(id, entry);
      tell(entry, null);
    }
  }

  private stop(id: string, entry: Watched): void {
    clearTimeout(entry.timer);
    if (this.watched.get(id) === entry) this.watched.delete(id);
  }

  private pollLater(id: string, entry: Watched): void {
    entry.timer = setTimeout(() => void this.poll(id, entry), POLL_MS);
  }

  private async poll(id: string, entry: Watched): Promise<void> {
    const found = await this.look(entry);
    if (this.watched.get(id) !== entry) return;
    const ended = found === 'gone' || (found !== 'unknown' && FINAL_STATES.includes(found.state));
    if (typeof found !== 'string') {
      const data = describe(found);
      if (data !== entry.last) tell(entry, { event: 'progress', data });
      entry.last = data;
    }
    if (!ended) return this.pollLater(id, entry);
    tell(entry, { event: 'end', data: found === 'gone' ? '{}' : (entry.last ?? '{}') });
    this.stop(id, entry);
  }

  /** While the store is away the watchers wait. */
  private async look({ key, upload_id }: Watched): Promise<UploadRecord | 'gone' | 'unknown'> {
    try {
      return await this.uploads.get(key, upload_id);
    } catch (error) {
      return error instanceof StoreError && error.code !== 'store_unavailable' ? 'gone' : 'unknown';
    }
  }
}

function describe(upload: UploadRecord): string {
  return toJson(uploadBody(upload));
}

function tell({ watchers }: Watched, event: ProgressEvent | null): void {
  for (const watcher of [...watchers]) watcher(event);
}
