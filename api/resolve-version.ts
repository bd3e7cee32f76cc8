import { parseVersionSelector } from '../domain/version';
import { StoreError } from '../store/errors';
import type { DatasetRecord } from '../store/records';
import type { VersionStore } from '../store/store';
import { ApiProblem } from './problem';

export interface ResolvedVersion {
  version: number;
  /** True when it was named by its number, so that the same request will always mean the same version. */
  fixed: boolean;
}

/**
 * The version that a selector means now; `latest` when there is none.
 * @throws ApiProblem invalid_version, version_in_future, no_version_at_time
 * @throws StoreError version_not_found (also for an unknown tag), version_pruned
 */
export async function resolveVersion(
  versions: VersionStore,
  dataset: DatasetRecord,
  selector: string | number | undefined,
  now: Date,
): Promise<ResolvedVersion> {
  const asked = parseVersionSelector(String(selector ?? 'latest'));
  switch (asked.kind) {
    case 'latest':
      return { version: dataset.head, fixed: false };
    case 'number':
      return { version: await checked(versions, dataset, asked.version), fixed: true };
    case 'tag':
      return { version: await checked(versions, dataset, await byTag(versions, dataset, asked.name)), fixed: false };
    case 'time':
      return {
        version: await checked(versions, dataset, await byTime(versions, dataset, asked.at, now)),
        fixed: false,
      };
    case 'invalid':
      throw new ApiProblem('invalid_version', asked.message);
  }
}

async function checked(versions: VersionStore, { key, head }: DatasetRecord, version: number): Promise<number> {
  // Head cannot be pruned, and most reads are of head.
  if (version !== head) await versions.get(key, version);
  return version;
}

async function byTag(versions: VersionStore, { key }: DatasetRecord, tag: string): Promise<number> {
  try {
    return await versions.byTag(key, tag);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'tag_not_found') throw error;
    throw new ApiProblem('version_not_found', `The dataset has no tag "${tag}"; choose one of its tags or versions`);
  }
}

async function byTime(versions: VersionStore, { key }: DatasetRecord, at: number, now: Date): Promise<number> {
  if (at > now.getTime()) {
    throw new ApiProblem('version_in_future', `Expected a time in the past, but it is ${now.toISOString()} now`);
  }
  const version = await versions.byTime(key, new Date(at));
  if (version !== null) return version;
  throw new ApiProblem('no_version_at_time', 'No version was published by then; choose a later time, or version 0');
}
