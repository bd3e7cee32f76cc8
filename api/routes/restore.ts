import { FINAL_STATES, type DatasetRecord, type RestorePlan } from '../../store/records';
import { restoreEndpoints } from '../contract/restore';
import { datasetOf } from '../context';
import type { ApiDeps } from '../deps';
import { once, type KeptReply, type Resumption } from '../idempotency';
import { ApiProblem } from '../problem';
import { resolveVersion } from '../resolve-version';
import { route, type Route } from '../route';
import { newUploadId } from '../upload-id';
import { uploadLocation } from '../views/upload';

/** The most frames that a `revert_conflict` names. */
const MOST_NAMED = 1_000;

export function restoreRoutes(deps: ApiDeps): Route[] {
  const { store, clock } = deps;
  return [
    route(restoreEndpoints.rollback, async ({ req, res, body, key: { key_id } }) => {
      const dataset = datasetOf(res);
      return once(deps, req, res, `rollback of ${dataset.key}`, async (resumption) => {
        const { version } = await resolveVersion(store.versions, dataset, body.to, clock());
        if (version === dataset.head && resumption.resume === undefined) {
          const detail = `The dataset is at version ${version} already; choose an earlier one`;
          throw new ApiProblem('already_at_version', detail);
        }
        return start(deps, dataset, { to: version }, key_id, body.message, resumption);
      });
    }),

    route(restoreEndpoints.revert, async ({ req, res, params, body, key: { key_id } }) => {
      const dataset = datasetOf(res);
      return once(deps, req, res, `revert of ${dataset.key}/${params.u}`, async (resumption) => {
        if (resumption.resume === undefined) await checkRevert(deps, dataset, params.u);
        return start(deps, dataset, { revert: params.u }, key_id, body.message, resumption);
      });
    }),
  ];
}

/** The plan is checked again in the dataset's turn; what is known to fail now is said now. */
async function checkRevert({ store }: ApiDeps, { key }: DatasetRecord, upload_id: string): Promise<void> {
  const { state } = await store.uploads.get(key, upload_id);
  if (!FINAL_STATES.includes(state)) {
    throw new ApiProblem('upload_not_finished', `The upload is ${state}; wait until it has ended, or cancel it first`);
  }
  const frames = await store.frames.revertConflicts(key, upload_id, MOST_NAMED);
  if (frames.length === 0) return;
  const detail = 'Frames of the upload were changed since, so nothing was written; revert the later uploads first';
  throw new ApiProblem('revert_conflict', detail, { members: { frames } });
}

async function start(
  { store, hints, clock }: ApiDeps,
  { key, project, dataset }: DatasetRecord,
  plan: RestorePlan,
  created_by: string,
  message: string,
  { resume, note }: Resumption,
): Promise<KeptReply> {
  const upload_id = typeof resume?.upload_id === 'string' ? resume.upload_id : newUploadId(clock());
  const kind = 'to' in plan ? 'ROLLBACK' : 'REVERT';
  await note({ upload_id });
  await store.uploads.open(key, { upload_id, kind, created_by, message, plan });
  hints.uploadChanged({ project, dataset, key, upload_id, kind });
  hints.datasetHasWork({ project, dataset, key });
  return { status: 202, body: { upload_id }, headers: { Location: uploadLocation({ project, dataset }, upload_id) } };
}
