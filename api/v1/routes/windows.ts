import type { ApiDeps } from '../../deps';
import { StoreError } from '../../../store/errors';
import { FINAL_STATES, type UploadRecord, type WindowRecord } from '../../../store/records';
import { v1Route, type V1Route } from '../route';

/** The statuses that the client knows as ends; any other text means that the window is still being worked on. */
type WindowStatus = 'DONE' | 'WINDOW_ERRORED' | 'PROCESSING';

interface WindowBody {
  uuid: string;
  status: WindowStatus;
}

const WINDOWS_AT_A_TIME = 1_000;

/** GET /streaming/...: how far an upload is; the client waits until there is a window and all have ended. */
export function windowRoutes({ store }: ApiDeps): V1Route[] {
  return [
    v1Route({
      method: 'get',
      path: '/streaming/projects/:p/datasets/:d/upload_version/:v/windows',
      role: 'reader',
      async handle({ params }) {
        const { p: project = '', d: dataset = '', v: external_id = '' } = params;
        try {
          const { key } = await store.datasets.get(project, dataset);
          const ingest = await store.ingests.byExternalId(key, external_id);
          if (ingest === null) return [];
          const upload = await store.uploads.get(key, ingest.upload_id);
          return windowsOf(upload, await allWindows(upload));
        } catch (error) {
          // The upload itself may still be on its way; an error would make each look of the client last 14 s.
          if (error instanceof StoreError && error.code === 'dataset_not_found') return [];
          throw error;
        }
      },
    }),
  ];

  async function allWindows({ key, upload_id }: UploadRecord): Promise<WindowRecord[]> {
    const all: WindowRecord[] = [];
    let after: number | undefined;
    for (;;) {
      const { items, next } = await store.uploads.windows(key, upload_id, { after, limit: WINDOWS_AT_A_TIME });
      all.push(...items);
      if (next === null) return all;
      after = next;
    }
  }
}

/** An upload that has not ended always shows a window at work, for what has not become a window of its own yet. */
function windowsOf(upload: UploadRecord, windows: WindowRecord[]): WindowBody[] {
  const ended = FINAL_STATES.includes(upload.state);
  const shown = windows.map(({ window, state, counts }): WindowBody => {
    const uuid = `${upload.upload_id}-${window}`;
    if (state === 'PENDING') return { uuid, status: 'PROCESSING' };
    return { uuid, status: state === 'DONE' && counts.failed === 0 ? 'DONE' : 'WINDOW_ERRORED' };
  });
  if (!ended) return [...shown, { uuid: `${upload.upload_id}-rest`, status: 'PROCESSING' }];
  // Files that could not be read leave no window, or only those of the files before them.
  const failed = upload.error !== undefined || upload.state === 'CANCELLED';
  if (failed || shown.length === 0) {
    return [...shown, { uuid: `${upload.upload_id}-files`, status: failed ? 'WINDOW_ERRORED' : 'DONE' }];
  }
  return shown;
}
