import { diffFrames } from '../../domain/diff';
import type { JsonObject } from '../../domain/json';
import { labelView } from '../../domain/view';
import type { DatasetKey, RevisionRecord } from '../../store/records';
import type { VersionStore } from '../../store/store';
import { historyEndpoints, type DiffEntryBody, type HistoryEntry } from '../contract/history';
import { datasetOf } from '../context';
import type { ApiDeps } from '../deps';
import { holds, pageHeaders } from '../etag';
import { checkFrameId } from '../frame-id';
import { frameHistory, kindOf, labelHistory, type Step } from '../history';
import { ApiProblem } from '../problem';
import { resolveVersion } from '../resolve-version';
import { route, type Route } from '../route';
import { changeBodies } from '../views/changes';
import { frameBody } from '../views/frame';

export function historyRoutes({ store, clock }: ApiDeps): Route[] {
  return [
    route(historyEndpoints.frame, async ({ res, params, query }) => {
      const dataset = datasetOf(res);
      const frame_id = checkFrameId(params.f, 'path.f');
      const { items, next } = await frameHistory(store.frames, dataset, frame_id, query);
      if (items.length === 0 && query.after === undefined) throw neverThere(frame_id);
      const entries = await entriesOf(store.versions, dataset.key, items, (step) => ({
        frame: step.became === null ? null : frameBody(step.revision, step.revision.from),
      }));
      return { body: { items: entries, next_cursor: next === null ? null : String(next) } };
    }),

    route(historyEndpoints.label, async ({ res, params, query }) => {
      const dataset = datasetOf(res);
      const frame_id = checkFrameId(params.f, 'path.f');
      const label_id = checkFrameId(params.l, 'path.l');
      const { items, next } = await labelHistory(store.frames, dataset, frame_id, label_id, query);
      if (items.length === 0 && query.after === undefined) {
        const [newest] = await store.frames.history(dataset.key, dataset.head, frame_id, { limit: 1 });
        if (newest === undefined) throw neverThere(frame_id);
        throw new ApiProblem('label_not_found', `The frame "${frame_id}" never had a label "${label_id}"`);
      }
      const entries = await entriesOf(store.versions, dataset.key, items, ({ became }) => ({
        label: became === null ? null : labelView(became),
      }));
      return { body: { items: entries, next_cursor: next === null ? null : String(next) } };
    }),

    route(historyEndpoints.diff, async ({ req, res, query }) => {
      const dataset = datasetOf(res);
      const from = await resolveVersion(store.versions, dataset, query.from, clock());
      const to = await resolveVersion(store.versions, dataset, query.to, clock());
      const headers = pageHeaders(dataset.key, to.version, from.fixed && to.fixed);
      headers.ETag = `"${dataset.key}.${from.version}.${to.version}"`;
      if (holds(req, headers.ETag)) return { status: 304, headers };
      const page = { after: query.after, limit: query.limit };
      const { items, next } = await store.frames.changes(dataset.key, from.version, to.version, page);
      const versions = { from: from.version, to: to.version, version: to.version };
      return { body: { items: items.flatMap(diffEntry), next_cursor: next, ...versions }, headers };
    }),
  ];
}

/** None for a frame that was changed and changed back. */
function diffEntry(changed: {
  frame_id: string;
  old: RevisionRecord | null;
  new: RevisionRecord | null;
}): DiffEntryBody[] {
  const [before, after] = [live(changed.old), live(changed.new)];
  if (before?.hash === after?.hash) return [];
  const changes = changeBodies(diffFrames(before?.content ?? null, after?.content ?? null));
  return [{ frame_id: changed.frame_id, kind: kindOf(before, after), changes }];
}

function live(revision: RevisionRecord | null): RevisionRecord | null {
  return revision === null || revision.deleted ? null : revision;
}

async function entriesOf<T>(
  versions: VersionStore,
  key: DatasetKey,
  steps: Step<T>[],
  subject: (step: Step<T>) => JsonObject,
): Promise<(HistoryEntry & JsonObject)[]> {
  const published = await versions.publishedAt(
    key,
    steps.map((step) => step.revision.from),
  );
  return steps.map((step) => {
    const { revision, kind, changes } = step;
    const created_at = published.get(revision.from);
    if (created_at === undefined) throw new ApiProblem('version_pruned', `Version ${revision.from} was pruned`);
    const entry: HistoryEntry = {
      version: revision.from,
      created_at: created_at.toISOString(),
      created_by: revision.created_by,
      upload_id: revision.upload_id,
      kind,
      changes: changeBodies(changes),
    };
    return { ...entry, ...subject(step) } as HistoryEntry & JsonObject;
  });
}

function neverThere(frame_id: string): ApiProblem {
  return new ApiProblem('frame_not_found', `The dataset never had a frame "${frame_id}"`);
}
