import { StoreError } from '../../store/errors';
import type { DatasetRecord } from '../../store/records';
import type { DatasetStore } from '../../store/store';
import { metadataKeyProblem } from '../../domain/ids';
import { datasetEndpoints } from '../contract/datasets';
import { API_ROOT } from '../contract/endpoint';
import { datasetOf } from '../context';
import type { ApiDeps } from '../deps';
import { once } from '../idempotency';
import { ApiProblem } from '../problem';
import { route, type Route } from '../route';
import { datasetBody } from '../views/dataset';

export function datasetRoutes(deps: ApiDeps): Route[] {
  const { store, hints } = deps;
  return [
    route(datasetEndpoints.create, async ({ req, res, params, body }) => {
      for (const name of Object.keys(body.metadata_schema ?? {})) checkFieldName(name);
      const { id: dataset, mode, metadata_schema } = body;
      return once(deps, req, res, `create dataset of ${params.p}`, async ({ resume, note }) => {
        // A claimant that died may have made it already.
        const made = resume && (await standing(store.datasets, params.p, dataset));
        await note({ creating: dataset });
        const record =
          made ??
          (await store.datasets.create({
            project: params.p,
            dataset,
            mode,
            ...(metadata_schema && { metadata_schema }),
          }));
        const headers = { Location: `${API_ROOT}/projects/${params.p}/datasets/${dataset}` };
        return { status: 201, body: datasetBody(record), headers };
      });
    }),

    route(datasetEndpoints.list, async ({ params, query }) => {
      const { items, next } = await store.datasets.list(params.p, query);
      return { body: { items: items.map(datasetBody), next_cursor: next } };
    }),

    route(datasetEndpoints.get, async ({ res }) => ({ body: datasetBody(datasetOf(res)) })),

    route(datasetEndpoints.remove, async ({ res, query: { force } }) => {
      const { project, dataset, key } = datasetOf(res);
      if (!force && (await store.inferenceSets.pinnedTo(key))) {
        const advice = 'delete them first, or repeat the request with ?force=true';
        throw new ApiProblem('dataset_pinned', `Inference sets are pinned to versions of ${dataset}; ${advice}`);
      }
      await store.datasets.markDeleting(key);
      hints.datasetDeleted({ project, dataset, key });
      return { body: { id: dataset, state: 'DELETING' } };
    }),
  ];
}

function checkFieldName(name: string): void {
  const problem = metadataKeyProblem(name);
  if (problem === null) return;
  throw new ApiProblem('invalid_key', problem, { errors: [{ path: 'metadata_schema', message: problem }] });
}

/** The dataset, if it is there and nothing was done with it yet. */
async function standing(datasets: DatasetStore, project: string, dataset: string): Promise<DatasetRecord | undefined> {
  try {
    const found = await datasets.get(project, dataset);
    return found.head === 0 ? found : undefined;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'dataset_not_found') return undefined;
    throw error;
  }
}
