import type { Item } from '../../domain/item';
import type { Decision } from '../../domain/revision';

/** How many labels an applied item carries: all of a put, those a patch names, those a restore changes. */
export function labelsNamed(item: Item | undefined, decision: Decision, version: number): number {
  if (decision.kind !== 'write') return 0;
  if (!item) return (decision.content.labels ?? []).filter((label) => label.since === version).length;
  if (item.op === 'put') return item.content.labels?.length ?? 0;
  if (item.op === 'patch')
    return item.labels ? item.labels.upsert.length + item.labels.merge.length + item.labels.delete.length : 0;
  return 0;
}
