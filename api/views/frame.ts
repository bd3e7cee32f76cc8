import type { FrameVectors } from '../../domain/frame';
import type { JsonObject } from '../../domain/json';
import { frameView } from '../../domain/view';
import type { DatasetKey, RevisionRecord, StoredVectors } from '../../store/records';
import type { FrameStore } from '../../store/store';

/** Frames as answered, read at a dataset version. */
export async function frameBodies(
  frames: FrameStore,
  key: DatasetKey,
  dataset_version: number,
  revisions: RevisionRecord[],
  withEmbeddings: boolean,
): Promise<JsonObject[]> {
  const vectors = withEmbeddings ? await frames.vectors(key, revisions) : undefined;
  return revisions.map((revision) => frameBody(revision, dataset_version, vectors && vectorsOf(vectors, revision)));
}

/** A frame as answered; without vectors when none are given. */
export function frameBody(revision: RevisionRecord, dataset_version: number, embeddings?: FrameVectors): JsonObject {
  const { frame_id, content, from, hash } = revision;
  return frameView(frame_id, content, { version: from, dataset_version, hash, embeddings });
}

/** The vectors of one revision as the domain has them. */
export function vectorsOf(found: Map<string, StoredVectors>, { frame_id }: RevisionRecord): FrameVectors {
  const stored = found.get(frame_id);
  const labels = Object.entries(stored?.labels ?? {});
  return {
    ...(stored?.frame && { frame: Float32Array.from(stored.frame) }),
    labels: new Map(labels.map(([label_id, vector]) => [label_id, Float32Array.from(vector)])),
  };
}
