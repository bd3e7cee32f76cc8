import { applyPatch } from './apply-patch';
import { compareUtf8 } from './ids';
import { equalLabels } from './equal';
import { Problem } from './problem';
import type { CurrentRevision, Decision } from './revision';
import type { Item, PatchItem, PutItem } from './item';
import type { FrameContent, FrameVectors, Label, StoredLabel } from './frame';

/** The hash of a frame; `frameHash` with its SHA-256 chosen. */
export type HashFrame = (frame_id: string, content: FrameContent) => string;

/** A current revision whose content may not have been loaded; `needsContent` says when it must be. */
export type KnownRevision = Omit<CurrentRevision, 'content'> & { content?: CurrentRevision['content'] };

/** True when `decide` will look into the current revision's content, not only at its number and hash. */
export function needsContent(item: Item, current: KnownRevision | null, hashFrame: HashFrame): boolean {
  if (current === null || current.deleted || isStale(item, current)) return false;
  switch (item.op) {
    case 'delete':
      return false;
    case 'patch':
      return true;
    case 'put':
      return keepsSome(item) || hashFrame(item.frame_id, item.content) !== current.hash;
  }
}

/**
 * What becomes of an item against its frame's current revision (null when the frame never was), if it is written as
 * `version`. The item has passed `readItem` and `checkSchema`.
 */
export function decide(item: Item, current: KnownRevision | null, version: number, hashFrame: HashFrame): Decision {
  const live = current === null || current.deleted ? null : current;
  if (isStale(item, live)) return staleWrite(item, live);
  try {
    switch (item.op) {
      case 'put':
        return decidePut(item, live, version, hashFrame);
      case 'patch':
        return decidePatch(item, live, version, hashFrame);
      case 'delete':
        return live === null ? { kind: 'unchanged' } : { kind: 'delete' };
    }
  } catch (error) {
    if (error instanceof Problem) return { kind: 'failed', failure: error.toFailure() };
    throw error;
  }
}

/**
 * What brings a frame back to what it was in an earlier version (`target`; null or a tombstone: it was absent). The
 * vectors that the content refers to are those of the target revision.
 */
export function decideRestore(
  target: CurrentRevision | null,
  current: KnownRevision | null,
  version: number,
): Decision {
  const live = current === null || current.deleted ? null : current;
  if (target === null || target.deleted) return live === null ? { kind: 'unchanged' } : { kind: 'delete' };
  if (live !== null && live.hash === target.hash) return { kind: 'unchanged' };
  const content = stampSince(target.content, live, version);
  return {
    kind: 'write',
    hash: target.hash,
    content,
    vectors: NO_VECTORS,
    keeps_vectors: keepsVectors(content, NO_VECTORS),
  };
}

const NO_VECTORS: FrameVectors = { labels: new Map() };

function isStale(item: Item, live: KnownRevision | null): boolean {
  return item.if_version !== undefined && item.if_version !== (live === null || live.deleted ? 0 : live.from);
}

function staleWrite(item: Item, live: KnownRevision | null): Decision {
  const expected = item.if_version === 0 ? 'no such frame' : `the frame at revision ${item.if_version}`;
  const found = live === null ? 'the frame is not there' : `it is at revision ${live.from}`;
  const message = `Expected ${expected}, but ${found}; read it again and repeat the change`;
  return { kind: 'failed', failure: { code: 'version_conflict', message, path: 'if_version' } };
}

function decidePut(item: PutItem, live: KnownRevision | null, version: number, hashFrame: HashFrame): Decision {
  const content = live !== null && keepsSome(item) ? keepEmbeddings(item, contentOf(live)) : item.content;
  return decideContent(item, content, live, version, hashFrame);
}

function decidePatch(item: PatchItem, live: KnownRevision | null, version: number, hashFrame: HashFrame): Decision {
  if (live === null) {
    if (item.if_missing === 'skip') return { kind: 'unchanged' };
    const message = 'Expected a frame to patch, but the dataset has none of this id; put it first';
    return { kind: 'failed', failure: { code: 'frame_not_found', message } };
  }
  return decideContent(item, applyPatch(contentOf(live), item), live, version, hashFrame);
}

function decideContent(
  item: PutItem | PatchItem,
  content: FrameContent,
  live: KnownRevision | null,
  version: number,
  hashFrame: HashFrame,
): Decision {
  const hash = hashFrame(item.frame_id, content);
  if (live !== null && live.hash === hash) return { kind: 'unchanged' };
  const vectors = usedVectors(content, item.vectors);
  return {
    kind: 'write',
    hash,
    content: stampSince(content, live, version),
    vectors,
    keeps_vectors: keepsVectors(content, vectors),
  };
}

function contentOf(revision: KnownRevision): FrameContent<StoredLabel> {
  if (revision.content === undefined) throw new Error('The current revision was given without its content');
  return revision.content;
}

function keepsSome({ keep_embeddings, vectors }: PutItem): boolean {
  return keep_embeddings || vectors.kept !== undefined;
}

/** The put's content with the current vectors where it brings none itself and they are to stay. */
function keepEmbeddings(item: PutItem, current: FrameContent<StoredLabel>): FrameContent {
  const { kept } = item.vectors;
  const keepsFrame = item.keep_embeddings || kept?.frame === true;
  // Labels are taken out and put back last, so that the keys stay in the order of normal form.
  const { labels, ...rest } = item.content;
  const content: FrameContent = rest;
  if (keepsFrame && content.embedding === undefined && current.embedding !== undefined)
    content.embedding = current.embedding;
  if (labels !== undefined) {
    const stored = new Map((current.labels ?? []).map((label) => [label.label_id, label.embedding]));
    content.labels = labels.map((label) => {
      const keeps = item.keep_embeddings || kept?.labels.has(label.label_id) === true;
      const embedding = label.embedding ?? (keeps ? stored.get(label.label_id) : undefined);
      return embedding === label.embedding ? label : { ...label, embedding };
    });
  }
  return content;
}

/** Every label with the version that last changed it: `version`, or as before when the label is as before. */
function stampSince(content: FrameContent, live: KnownRevision | null, version: number): FrameContent<StoredLabel> {
  const { labels } = content;
  if (labels === undefined) return content as FrameContent<StoredLabel>;
  const before = live === null ? [] : (contentOf(live).labels ?? []);
  // Both lists are in byte order of their ids, so one pass finds the pairs.
  let next = 0;
  const stamped = labels.map((label): StoredLabel => {
    while (next < before.length && compareUtf8(before[next]!.label_id, label.label_id) < 0) next++;
    const old = before[next];
    return stamp(label, old !== undefined && equalLabels(old, label) ? old.since : version);
  });
  const copy = copyOf<FrameContent<Label>>(content);
  copy.labels = stamped;
  return copy as FrameContent<StoredLabel>;
}

function stamp(label: Label, since: number): StoredLabel {
  const copy = copyOf<Partial<StoredLabel>>(label);
  copy.since = since;
  return copy as StoredLabel;
}

/**
 * A copy to be added to. Where a spread is followed by one more property, V8 of Node 20 takes five times as long and
 * leaves garbage in the old generation for each, which was a third of the worker's time.
 */
function copyOf<T extends object>(from: T): T {
  const copy = {} as T;
  for (const key in from) copy[key] = from[key];
  return copy;
}

function usedVectors(content: FrameContent, brought: FrameVectors): FrameVectors {
  const used: FrameVectors = { labels: new Map() };
  if (brought.frame !== undefined && content.embedding !== undefined) used.frame = brought.frame;
  if (brought.labels.size === 0) return used;
  for (const { label_id, embedding } of content.labels ?? []) {
    const vector = embedding === undefined ? undefined : brought.labels.get(label_id);
    if (vector !== undefined) used.labels.set(label_id, vector);
  }
  return used;
}

function keepsVectors(content: FrameContent, brought: FrameVectors): boolean {
  if (content.embedding !== undefined && brought.frame === undefined) return true;
  return (content.labels ?? []).some((label) => label.embedding !== undefined && !brought.labels.has(label.label_id));
}
