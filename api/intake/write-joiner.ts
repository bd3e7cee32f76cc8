import type { Logger } from 'pino';
import { StoreError } from '../../store/errors';
import type { IdempotencyClaim } from '../../store/staging';
import type { StagingStore } from '../../store/store';
import type { DatasetRef } from '../../temporal/hints';
import type { DirectLimits } from './limits';

/** One single-frame write, as the line of an item. */
export interface FrameWrite {
  frame_id: string;
  line: string;
  claim?: IdempotencyClaim;
}

/** Where a write was durably staged. */
export interface StagedWrite {
  upload_id: string;
  item: number;
}

interface Waiting {
  write: FrameWrite;
  resolve: (staged: StagedWrite) => void;
  reject: (error: unknown) => void;
}

interface DirectUpload {
  upload_id: string;
  openedAt: number;
  nextItem: number;
}

export interface JoinerDeps {
  staging: StagingStore;
  limits: DirectLimits;
  logger: Logger;
  /** Called when writes to the dataset have become durable. */
  staged: (dataset: DatasetRef) => void;
}

/**
 * Joins the single-frame writes of one API key to one dataset: while one group is being made durable, those that arrive
 * wait and go together in the next, so that many connections share one write to the journal. The writes are items of
 * a DIRECT upload, which is rolled over as it gets large, old or idle.
 */
export class WriteJoiner {
  private queue: Waiting[] = [];
  private upload: DirectUpload | undefined;
  /** Writers seen at work at the same time: those just answered, and those that came meanwhile. */
  private companions = 1;
  private gathered: (() => void) | undefined;
  private pumping: Promise<void> | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private readonly closing = new Set<Promise<void>>();

  constructor(
    private readonly deps: JoinerDeps,
    private readonly dataset: DatasetRef,
    private readonly createdBy: string,
    /** No write came for a while, and nothing is open. */
    private readonly onIdle: () => void,
  ) {}

  /** Returns when the write is durable. Throws what the store says against it, `StoreError`. */
  write(write: FrameWrite): Promise<StagedWrite> {
    clearTimeout(this.idleTimer);
    return new Promise((resolve, reject) => {
      this.queue.push({ write, resolve, reject });
      if (this.queue.length >= this.companions) this.gathered?.();
      this.pumping ??= this.pump();
    });
  }

  /** Returns when all writes are durable and the upload is closed. */
  async close(): Promise<void> {
    await this.pumping;
    clearTimeout(this.idleTimer);
    this.closeUpload();
    await Promise.all(this.closing);
  }

  private async pump(): Promise<void> {
    while (this.queue.length > 0) {
      await this.gather();
      const group = this.takeGroup();
      await this.stage(group);
      this.companions = group.length + this.queue.length;
    }
    this.pumping = undefined;
    this.idleTimer = setTimeout(() => {
      this.closeUpload();
      this.onIdle();
    }, this.deps.limits.uploadIdleMs);
  }

  /**
   * Waits a moment for all who were at work last time, since those who were answered together write again together.
   * Without it two halves take turns, and each waits for the other's group and then for its own.
   */
  private async gather(): Promise<void> {
    if (this.companions === 1) return void (await new Promise(setImmediate));
    if (this.queue.length >= this.companions) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.deps.limits.gatherMs);
      this.gathered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.gathered = undefined;
  }

  /** The oldest writes that fit together. A second write of a frame stays behind, and with it all later ones of it. */
  private takeGroup(): Waiting[] {
    const { groupWrites, groupBytes } = this.deps.limits;
    const group: Waiting[] = [];
    const later: Waiting[] = [];
    const named = new Set<string>();
    let bytes = 0;
    for (const waiting of this.queue) {
      const { frame_id, line } = waiting.write;
      const full = group.length >= groupWrites || (group.length > 0 && bytes + line.length > groupBytes);
      if (full || named.has(frame_id)) {
        later.push(waiting);
      } else {
        group.push(waiting);
        bytes += line.length;
      }
      named.add(frame_id);
    }
    this.queue = later;
    return group;
  }

  private async stage(group: Waiting[]): Promise<void> {
    try {
      const { upload_id, first } = await this.stageInUpload(group.map(({ write }) => write));
      group.forEach(({ resolve }, position) => resolve({ upload_id, item: first + position }));
      this.deps.staged(this.dataset);
    } catch (error) {
      // One write of the group lost its idempotency key to a successor, and nothing was staged.
      if (isConflict(error) && group.length > 1) for (const waiting of group) await this.stage([waiting]);
      else for (const { reject } of group) reject(error);
    }
  }

  private async stageInUpload(writes: FrameWrite[]): Promise<{ upload_id: string; first: number }> {
    const upload = await this.currentUpload();
    const first = upload.nextItem;
    try {
      await this.deps.staging.stageDirect(this.dataset.key, upload.upload_id, first, writes);
    } catch (error) {
      // Whether the group was staged is not known, so its numbers are not given out again.
      if (!isConflict(error)) {
        this.upload = undefined;
        this.closeInDoubt(upload.upload_id);
      }
      throw error;
    }
    upload.nextItem += writes.length;
    return { upload_id: upload.upload_id, first };
  }

  private async currentUpload(): Promise<DirectUpload> {
    const { uploadItems, uploadAgeMs } = this.deps.limits;
    if (this.upload !== undefined) {
      const { nextItem, openedAt } = this.upload;
      if (nextItem < uploadItems && performance.now() - openedAt < uploadAgeMs) return this.upload;
      this.closeUpload();
    }
    const { upload_id } = await this.deps.staging.openDirect(this.dataset.key, this.createdBy);
    this.upload = { upload_id, openedAt: performance.now(), nextItem: 0 };
    return this.upload;
  }

  /**
   * Closes an upload with what the store has of it, once the write of its last group can no longer be under way. Should
   * the process end before, the workers' sweep closes it.
   */
  private closeInDoubt(upload_id: string): void {
    const { staging, limits, logger } = this.deps;
    const close = (): void =>
      void staging.closeDirect(this.dataset.key, upload_id).catch((error: unknown) => {
        logger.warn({ err: error, upload_id }, 'A DIRECT upload could not be closed; it is tried again');
        this.closeInDoubt(upload_id);
      });
    setTimeout(close, limits.doubtMs).unref();
  }

  private closeUpload(): void {
    if (this.upload === undefined) return;
    const { upload_id, nextItem } = this.upload;
    this.upload = undefined;
    const closing = this.deps.staging
      .closeDirect(this.dataset.key, upload_id, nextItem)
      .catch((error: unknown) =>
        this.deps.logger.warn({ err: error, upload_id }, 'A DIRECT upload could not be closed'),
      )
      .finally(() => this.closing.delete(closing));
    this.closing.add(closing);
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'conflict';
}
