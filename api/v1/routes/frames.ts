import { z } from 'zod';
import { pythonJson } from '../../../v1/python-json';
import { frameObject } from '../../../v1/frame-object';
import type { DatasetRecord, RevisionRecord } from '../../../store/records';
import type { ApiDeps } from '../../deps';
import { ApiProblem } from '../../problem';
import { resolveVersion } from '../../resolve-version';
import { streamJsonList } from '../../stream-text';
import { v1Route, type V1Call, type V1Route } from '../route';

/** Ids that one request may name: so many, and their bodies, are held in memory. */
const MAX_FRAME_IDS = 100_000;
const IDS_BODY_BYTES = 16 * 1024 * 1024;

/** Ids read at once where ids are all that is read. */
const IDS_AT_ONCE = 10_000;
/** Frames read at once; each may be a document of 16 MB, most are of a few KB. */
const FRAMES_AT_ONCE = 100;

const FrameIds = z.object({
  frame_ids: z.array(z.string()).max(MAX_FRAME_IDS, 'Expected at most 100,000 ids; ask in several requests'),
});

/** Reading frames back (protocol 4.7), of inference sets and archived datasets too. `:version` is any version selector. */
export function readFramesRoutes(deps: ApiDeps): V1Route[] {
  const { store, clock, publicUrl } = deps;
  const datasetRoot = '/projects/:p/datasets/:d';

  async function versionAsked({ params: { p = '', d = '', version = '' } }: Pick<V1Call, 'params'>): Promise<Asked> {
    const dataset = await store.datasets.get(p, d);
    const selector = version.toLowerCase() === 'latest' ? 'latest' : version;
    return { dataset, version: (await resolveVersion(store.versions, dataset, selector, clock())).version };
  }

  const objectText = (dataset: DatasetRecord, { frame_id, content }: RevisionRecord): string =>
    frameObject(frame_id, content, { schema: dataset.schema, publicUrl: publicUrl() });

  async function* allIds({ dataset, version }: Asked): AsyncGenerator<string, void> {
    let after: string | undefined;
    do {
      const page = await store.frames.ids(dataset.key, version, { after, limit: IDS_AT_ONCE });
      if (page.items.length > 0) yield page.items.map((id) => pythonJson(id)).join(',');
      after = page.next ?? undefined;
    } while (after !== undefined);
  }

  async function* objects({ dataset, version }: Asked, ids: readonly string[]): AsyncGenerator<string, void> {
    for (const some of slices(ids, FRAMES_AT_ONCE)) {
      for (const revision of await store.frames.getMany(dataset.key, version, some))
        yield objectText(dataset, revision);
    }
  }

  async function* windows({ dataset, version }: Asked, ids: readonly string[]): AsyncGenerator<string, void> {
    for (const some of slices(ids, IDS_AT_ONCE)) {
      const found = await store.frames.revisions(dataset.key, version, some);
      for (const [frame_id, revision] of found) yield pythonJson([frame_id, String(revision)]);
    }
  }

  return [
    v1Route({
      method: 'get',
      path: `${datasetRoot}/frame_ids/:version`,
      role: 'reader',
      handle: async (call) => streamJsonList(call.res, allIds(await versionAsked(call))),
    }),

    v1Route({
      method: 'get',
      path: `${datasetRoot}/frame/:f/:version`,
      role: 'reader',
      handle: async (call) => {
        const { dataset, version } = await versionAsked(call);
        const frame_id = call.params.f ?? '';
        const revision = await store.frames.get(dataset.key, version, frame_id);
        if (revision === null) {
          const named = JSON.stringify(frame_id.slice(0, 512));
          throw new ApiProblem('frame_not_found', `The dataset has no frame ${named} at version ${version}`);
        }
        call.res.status(200).type('application/json').send(objectText(dataset, revision));
      },
    }),

    v1Route({
      method: 'post',
      path: `${datasetRoot}/frames/:version`,
      role: 'reader',
      body: FrameIds,
      bodyBytes: IDS_BODY_BYTES,
      handle: async (call) => {
        const asked = await versionAsked(call);
        return streamJsonList(call.res, objects(asked, [...new Set(call.body.frame_ids)]));
      },
    }),

    v1Route({
      method: 'post',
      path: `${datasetRoot}/frame_windows/:version`,
      role: 'reader',
      body: FrameIds,
      bodyBytes: IDS_BODY_BYTES,
      handle: async (call) => {
        const asked = await versionAsked(call);
        return streamJsonList(call.res, windows(asked, [...new Set(call.body.frame_ids)]));
      },
    }),
  ];
}

interface Asked {
  dataset: DatasetRecord;
  version: number;
}

function* slices<T>(list: readonly T[], size: number): Generator<T[], void> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}
