import { setTimeout as sleep } from 'node:timers/promises';
import { pathOf } from './check-dataset';
import type { RunningSystem } from './running-system';

interface FramePage {
  items: unknown[];
  next_cursor: string | null;
  version: number;
}

/** A reader who counts, again and again, what one version after another holds of one device's frames. */
export class PagesReader {
  /** Every different count that was seen, in the order of sight. */
  readonly seen: { version: number; frames: number }[] = [];
  reads = 0;
  private stopped = false;
  private readonly reading: Promise<void>;

  constructor(
    private readonly system: RunningSystem,
    private readonly dataset: string,
    private readonly device: string,
  ) {
    this.reading = this.read();
    this.reading.catch(() => undefined);
  }

  /** Ends the reading after one more look; throws what went wrong meanwhile. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.reading;
  }

  private async read(): Promise<void> {
    for (;;) {
      const last = this.stopped;
      const count = await this.count();
      this.reads++;
      const before = this.seen.at(-1);
      if (before?.version !== count.version || before.frames !== count.frames) this.seen.push(count);
      if (last) return;
      await sleep(25);
    }
  }

  private async count(): Promise<{ version: number; frames: number }> {
    const page = (more: string): Promise<FramePage> =>
      this.system.client.get(pathOf(this.dataset, `/frames?limit=1000&device_id=${this.device}${more}`));
    const { items, next_cursor, version } = await page('');
    let frames = items.length;
    for (let after = next_cursor; after !== null;) {
      const next = await page(`&version=${version}&after=${encodeURIComponent(after)}`);
      frames += next.items.length;
      after = next.next_cursor;
    }
    return { version, frames };
  }
}
