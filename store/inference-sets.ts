import type { DatasetKey, DatasetMode, DatasetRecord } from './records';

/** What makes a dataset an inference set: it is about one version of another dataset. */
export interface InferenceSet {
  base: { key: DatasetKey; dataset: string };
  /** Unique under the base; the dataset itself is called `inferences_<base>_<name>`. */
  name: string;
  /** The pin. Null until the uploads of the base that were submitted before the set was made have ended. */
  base_version: number | null;
}

export interface InferenceSetStore {
  /**
   * The set of this name under a base; made, and pinned to the base's head, when there is none yet. The pin waits for
   * what was submitted to the base earlier and is unfinished. `dataset_not_found`, `dataset_exists` when a dataset of
   * another kind has the full name, `dataset_archived`. `mode`, by default STREAMING, is that of a set that is made.
   */
  open(base: DatasetKey, name: string, mode?: DatasetMode): Promise<DatasetRecord>;
  /** `dataset_not_found`. */
  get(base: DatasetKey, name: string): Promise<DatasetRecord>;
  /** Takes the pin if what it waits for has ended; the version, or null while it must wait. */
  pin(key: DatasetKey): Promise<number | null>;
  /** Whether any set is pinned to a dataset. */
  pinnedTo(base: DatasetKey): Promise<boolean>;
}

/** The dataset name of an inference set. Names may hold underscores, so it cannot be taken apart again. */
export function inferenceSetName(base: string, name: string): string {
  return `inferences_${base}_${name}`;
}
