import type { DatasetRef } from '../../temporal/hints';
import { ApiProblem } from '../problem';
import { type FrameWrite, type JoinerDeps, type StagedWrite, WriteJoiner } from './write-joiner';

/** The process's joiners: one for each dataset and API key that writes single frames at the moment. */
export class WriteJoiners {
  private readonly joiners = new Map<string, WriteJoiner>();
  private closed = false;

  constructor(private readonly deps: JoinerDeps) {}

  /**
   * Returns when the write is durable.
   * @throws ApiProblem shutting_down; StoreError
   */
  async write(dataset: DatasetRef, createdBy: string, write: FrameWrite): Promise<StagedWrite> {
    if (this.closed) {
      throw new ApiProblem('shutting_down', 'The server is stopping and takes no more writes; send the request again');
    }
    const id = `${dataset.key}/${createdBy}`;
    let joiner = this.joiners.get(id);
    if (joiner === undefined) {
      joiner = new WriteJoiner(this.deps, dataset, createdBy, () => this.joiners.delete(id));
      this.joiners.set(id, joiner);
    }
    return joiner.write(write);
  }

  /** Takes no more writes, and returns when those taken are durable and their uploads closed. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.joiners.values()].map((joiner) => joiner.close()));
    this.joiners.clear();
  }
}
