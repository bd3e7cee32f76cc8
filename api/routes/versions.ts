import { tagProblem } from '../../domain/ids';
import { versionEndpoints } from '../contract/versions';
import { datasetOf, writableDatasetOf } from '../context';
import type { ApiDeps } from '../deps';
import { exportLines } from '../export';
import { sendJsonPatiently } from '../patient-json';
import { ApiProblem } from '../problem';
import { resolveVersion } from '../resolve-version';
import { route, type Route } from '../route';
import { streamText } from '../stream-text';
import { verifyVersion } from '../verify';
import { versionBody } from '../views/version';
import { invalidRequest } from '../validate';

export function versionRoutes({ store, clock }: ApiDeps): Route[] {
  return [
    route(versionEndpoints.list, async ({ res, query: { after, limit } }) => {
      const found = await store.versions.list(datasetOf(res).key, { before: after, limit: limit + 1 });
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return {
        body: {
          items: items.map(versionBody),
          next_cursor: found.length > limit && last !== undefined ? String(last.version) : null,
        },
      };
    }),

    route(versionEndpoints.get, async ({ res, params }) => {
      const dataset = datasetOf(res);
      const { version } = await resolveVersion(store.versions, dataset, params.v, clock());
      return { body: versionBody(await store.versions.get(dataset.key, version)) };
    }),

    route(versionEndpoints.putTag, async ({ res, params: { name }, body }) => {
      const dataset = writableDatasetOf(res);
      const problem = tagProblem(name);
      if (problem !== null) throw invalidRequest([{ path: 'path.name', message: problem }]);
      const { version } = await resolveVersion(store.versions, dataset, body.version, clock());
      if (version === 0) {
        throw new ApiProblem(
          'version_not_found',
          'Version 0 is the empty beginning and takes no tag; choose a later version',
        );
      }
      await store.versions.putTag(dataset.key, name, version);
      return { body: { tag: name, version } };
    }),

    route(versionEndpoints.deleteTag, async ({ res, params: { name } }) => {
      await store.versions.deleteTag(writableDatasetOf(res).key, name);
      return {};
    }),

    route(versionEndpoints.verify, async ({ res, body }) => {
      const dataset = datasetOf(res);
      const { version } = await resolveVersion(store.versions, dataset, body.version, clock());
      const left = new AbortController();
      res.once('close', () => left.abort());
      return sendJsonPatiently(res, verifyVersion(store, dataset.key, version, left.signal));
    }),

    route(versionEndpoints.export, async ({ res, query }) => {
      const dataset = datasetOf(res);
      if (query.format !== 'ndjson') {
        throw new ApiProblem('unsupported_format', `Expected the format ndjson, got "${query.format}"`);
      }
      const { version } = await resolveVersion(store.versions, dataset, query.version, clock());
      res.set('X-Dataset-Version', String(version));
      const download = { type: 'application/x-ndjson', filename: `${dataset.dataset}-v${version}.ndjson` };
      return streamText(res, download, exportLines(store.frames, dataset.key, version, query));
    }),
  ];
}
