import type { DatasetKey } from '../records';

/**
 * `_id` of a revision: dataset and version as eight hex digits each, then the frame id. So the one index that every
 * collection has is also the unique index, and in order it lists what changed, version by version.
 */
export function revisionId(dataset: DatasetKey, from: number, frame_id: string): string {
  return hex(dataset) + hex(from) + frame_id;
}

/** Revisions of the versions `first` to `last`, both included. */
export function versionRange(dataset: DatasetKey, first: number, last: number): { $gte: string; $lt: string } {
  return { $gte: hex(dataset) + hex(first), $lt: hex(dataset) + hex(last + 1) };
}

/** Every revision of a dataset. */
export function datasetRange(dataset: DatasetKey): { $gte: string; $lt: string } {
  return { $gte: hex(dataset), $lt: hex(dataset + 1) };
}

const hex = (n: number): string => n.toString(16).padStart(8, '0');
