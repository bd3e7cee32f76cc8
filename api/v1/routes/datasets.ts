import { StoreError } from '../../../store/errors';
import type { ApiDeps } from '../../deps';
import { queryFlag } from '../query';
import { v1Route, type V1Call, type V1Route } from '../route';
import { streamList } from '../stream-list';
import { v1Dataset } from '../views/dataset';

/** Datasets in memory at a time. */
const LIST_PAGE = 100;

/** Datasets and, under their full names, inference sets. */
export function datasetRoutes({ store }: ApiDeps): V1Route[] {
  const find = ({ params }: V1Call) => store.datasets.get(params.p ?? '', params.d ?? '');
  return [
    v1Route({
      method: 'get',
      path: '/projects/:p/datasets',
      role: 'reader',
      handle({ res, params, query }) {
        const which = queryFlag(query, 'include_archived') ? {} : ({ archived: false } as const);
        const page = (after?: string) => store.datasets.list(params.p ?? '', { after, limit: LIST_PAGE, ...which });
        return streamList(res, page, v1Dataset);
      },
    }),

    v1Route({
      method: 'get',
      path: '/projects/:p/datasets/:d',
      role: 'reader',
      handle: async (call) => v1Dataset(await find(call)),
    }),

    v1Route({
      method: 'delete',
      path: '/projects/:p/datasets/:d',
      role: 'writer',
      async handle(call) {
        await store.datasets.archive((await find(call)).key);
        return {};
      },
    }),

    v1Route({
      method: 'get',
      path: '/projects/:p/datasets/:d/is_archived',
      role: 'reader',
      // The client asks before every upload, the first one too, and calls inference sets by their short names here.
      handle: async (call) => ({ archived: await isArchived(call) }),
    }),
  ];

  async function isArchived(call: V1Call): Promise<boolean> {
    try {
      return (await find(call)).archived;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'dataset_not_found') return false;
      throw error;
    }
  }
}
