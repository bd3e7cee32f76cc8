import type { Semaphore } from 'async-mutex';
import type { CommitRecord } from '../../store/commit-store';

/** How far a drain has got, as the activity's heartbeat carries it. */
export interface DrainBeat {
  commit_id?: string;
  /** Every chunk up to this one is applied. */
  chunk_id?: string;
  version?: number;
  /** Items applied of those in the commit. */
  items?: number;
  of?: number;
}

export interface ProgressOptions {
  beat: (details: DrainBeat) => void;
  resume: DrainBeat | undefined;
  signal: AbortSignal;
  /** Bounds the groups that this process holds in memory, over all datasets. */
  slots: Semaphore;
}

/** Carries heartbeats out, and the last attempt's cursor and the wish to stop in. */
export class Progress {
  private items = 0;
  private commit_id = '';

  constructor(private readonly options: ProgressOptions) {}

  /** Where an earlier attempt at this commit got to. */
  resumeAfter(commit_id: string): string | null {
    const { resume } = this.options;
    return resume?.commit_id === commit_id ? (resume.chunk_id ?? null) : null;
  }

  reached(commit: CommitRecord, chunk_id: string, items: number): void {
    if (this.commit_id !== commit.commit_id) [this.commit_id, this.items] = [commit.commit_id, 0];
    this.items += items;
    const of = commit.parts.reduce((sum, part) => sum + part.items, 0);
    this.options.beat({ commit_id: commit.commit_id, chunk_id, version: commit.version, items: this.items, of });
  }

  throwIfStopped(): void {
    this.options.signal.throwIfAborted();
  }

  async slot(): Promise<() => void> {
    const [, release] = await this.options.slots.acquire();
    return release;
  }
}
