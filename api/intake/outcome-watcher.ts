import type { Logger } from 'pino';
import type { ItemError, ItemRecord } from '../../store/records';
import type { UploadStore } from '../../store/store';
import type { StagedWrite } from './write-joiner';

export interface ItemOutcome {
  item: ItemRecord;
  error?: ItemError;
}

interface Watch extends StagedWrite {
  deadline: number;
  resolve: (outcome: ItemOutcome | null) => void;
}

/** Looks at once for so many items; each look is a few small reads. */
const LOOKS_AT_ONCE = 8;

/** Follows the items that writers wait for. One round of looks serves all of them, and none runs while nobody waits. */
export class OutcomeWatcher {
  private watches: Watch[] = [];
  private watching = false;

  constructor(
    private readonly store: Pick<UploadStore, 'outcome'>,
    private readonly pollMs: number,
    private readonly logger: Logger,
  ) {}

  /** The item's outcome, or null when it is still pending after `ms`. */
  wait({ upload_id, item }: StagedWrite, ms: number): Promise<ItemOutcome | null> {
    return new Promise((resolve) => {
      this.watches.push({ upload_id, item, deadline: performance.now() + ms, resolve });
      if (!this.watching) void this.watch();
    });
  }

  private async watch(): Promise<void> {
    this.watching = true;
    while (this.watches.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, this.pollMs));
      const queue = [...this.watches];
      const look = async () => {
        for (let watch = queue.shift(); watch; watch = queue.shift()) await this.look(watch);
      };
      await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, look));
    }
    this.watching = false;
  }

  private async look(watch: Watch): Promise<void> {
    let outcome: ItemOutcome | null = null;
    try {
      outcome = await this.store.outcome(watch.upload_id, watch.item);
    } catch (error) {
      // The write is durable all the same; the writer is told that its outcome is not known yet.
      this.logger.warn({ err: error, upload_id: watch.upload_id }, 'The outcome of a single write could not be read');
    }
    const known = outcome !== null && outcome.item.state !== 'PENDING';
    if (!known && performance.now() < watch.deadline) return;
    this.watches = this.watches.filter((other) => other !== watch);
    watch.resolve(known ? outcome : null);
  }
}
