import { compareUtf8 } from '../../domain/ids';
import { decide, decideRestore, needsContent } from '../../domain/decide';
import { FOREVER } from '../../domain/revision';
import { hashFrame } from './sha256';
import { HashSum, rememberHashes } from '../../domain/content-hash';
import type { CurrentRevision, Decision } from '../../domain/revision';
import type { FrameContent, StoredLabel } from '../../domain/frame';
import type { Item } from '../../domain/item';

interface Revision extends CurrentRevision {
  to: number;
}

/** A versioned dataset in memory: the storage rules of the real one over the same decisions. */
export class MemoryDataset {
  head = 0;
  private readonly revisions = new Map<string, Revision[]>();
  private readonly hashes = [new HashSum().toString()];
  private readonly hashFrame = rememberHashes(hashFrame);

  /** Commits items of different frames; returns the decisions. A version is made only when something changed. */
  commit(items: readonly Item[]): Decision[] {
    return this.write(
      items.map(({ frame_id }) => frame_id),
      (frame_id, index) => {
        const item = items[index]!;
        const current = this.current(frame_id);
        const known =
          needsContent(item, current, this.hashFrame) || !current ? current : { ...current, content: undefined };
        return decide(item, known, this.head + 1, this.hashFrame);
      },
    );
  }

  /** Brings every frame back to an earlier version. */
  rollback(to: number): Decision[] {
    const changed = [...this.revisions.keys()].filter((id) => (this.current(id)?.from ?? 0) > to);
    return this.write(changed, (id) => decideRestore(this.at(id, to), this.current(id), this.head + 1));
  }

  /** Takes one version's changes back; null when one of its frames has changed since. */
  revert(version: number): Decision[] | null {
    const written = [...this.revisions.keys()].filter((id) =>
      this.revisions.get(id)!.some(({ from }) => from === version),
    );
    if (written.some((id) => this.current(id)!.from !== version)) return null;
    return this.write(written, (id) => decideRestore(this.at(id, version - 1), this.current(id), this.head + 1));
  }

  /** The live frames of a version, in byte order of their ids. */
  read(version: number): Map<string, FrameContent<StoredLabel>> {
    const ids = [...this.revisions.keys()].sort(compareUtf8);
    const live = ids
      .map((id) => [id, this.at(id, version)] as const)
      .filter(([, revision]) => revision?.deleted === false);
    return new Map(live.map(([id, revision]) => [id, revision!.content]));
  }

  hash(version: number): string {
    return this.hashes[version]!;
  }

  private current(frame_id: string): Revision | null {
    return this.at(frame_id, this.head);
  }

  private at(frame_id: string, version: number): Revision | null {
    return this.revisions.get(frame_id)?.find(({ from, to }) => from <= version && version < to) ?? null;
  }

  private write(ids: readonly string[], decideOne: (frame_id: string, index: number) => Decision): Decision[] {
    const decisions = ids.map(decideOne);
    if (!decisions.some(({ kind }) => kind === 'write' || kind === 'delete')) return decisions;
    const version = this.head + 1;
    const sum = new HashSum(this.hash(this.head));
    decisions.forEach((decision, index) => {
      if (decision.kind !== 'write' && decision.kind !== 'delete') return;
      const before = this.current(ids[index]!);
      if (before !== null) {
        sum.subtract(before.hash);
        before.to = version;
      }
      const deleted = decision.kind === 'delete';
      const hash = deleted ? new HashSum().toString() : decision.hash;
      const content = deleted ? {} : decision.content;
      const list = this.revisions.get(ids[index]!) ?? [];
      list.push({ from: version, to: FOREVER, deleted, hash, content });
      this.revisions.set(ids[index]!, list);
      sum.add(hash);
    });
    this.head = version;
    this.hashes.push(sum.toString());
    return decisions;
  }
}
