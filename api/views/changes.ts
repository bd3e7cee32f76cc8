import type { Change } from '../../domain/diff';
import { nameNonFinite } from '../../domain/free-json';

/** Changes as answered: NaN and the infinities, which JSON lacks, become texts as in frames. */
export function changeBodies(changes: Change[]): Change[] {
  return changes.map((change) => ({
    path: change.path,
    ...(change.old !== undefined && { old: nameNonFinite(change.old) }),
    ...(change.new !== undefined && { new: nameNonFinite(change.new) }),
  }));
}
