import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../../engines/child';

const AGAIN_MS = 300;
/** A process that cannot be started for so long is a failure of the test, not of the fault it stands. */
const GIVE_UP_MS = 120_000;

/** A process that is started again whenever it ends, as a service manager would, until told to stop. */
export class KeptProcess<C extends Pick<Child, 'pid' | 'exited' | 'kill' | 'stop'> = Child> {
  private stopping = false;
  private running: C | undefined;
  private readonly keeping: Promise<void>;
  /** How often it was started. */
  starts = 1;

  private constructor(
    readonly name: string,
    first: C,
    private readonly start: () => Promise<C>,
  ) {
    this.running = first;
    this.keeping = this.keep(first);
    this.keeping.catch(() => undefined);
  }

  static async start<C extends Pick<Child, 'pid' | 'exited' | 'kill' | 'stop'>>(
    name: string,
    start: () => Promise<C>,
  ): Promise<KeptProcess<C>> {
    return new KeptProcess(name, await start(), start);
  }

  /** The process that runs now; undefined while it is down. */
  get child(): C | undefined {
    return this.running;
  }

  /** kill -9. False when it is down already. */
  async kill(): Promise<boolean> {
    const { running } = this;
    if (!running) return false;
    await running.kill();
    return true;
  }

  /** Ends it for good. Throws when it could not be kept running. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running?.stop(20_000);
    await this.keeping;
  }

  private async keep(first: C): Promise<void> {
    let child = first;
    for (;;) {
      await child.exited;
      this.running = undefined;
      if (this.stopping) return;
      child = await this.startAgain();
      this.running = child;
      this.starts++;
      if (this.stopping) await child.stop(20_000);
    }
  }

  private async startAgain(): Promise<C> {
    const deadline = Date.now() + GIVE_UP_MS;
    for (;;) {
      try {
        return await this.start();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await sleep(AGAIN_MS);
      }
    }
  }
}
