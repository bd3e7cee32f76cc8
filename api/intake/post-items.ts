import { createHash, type Hash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { UploadRecord } from '../../store/records';
import { datasetOf, writableDatasetOf } from '../context';
import { sendJson } from '../json';
import { ApiProblem } from '../problem';
import { bodyHandler } from './body-handler';
import { ByteBudget } from '../../staging/byte-budget';
import { type Claim, claimKey, idempotencyKey, keyReused, lostKey, releaseKey, whileBeating } from './idempotency-key';
import { jsonItems } from './json-items';
import type { IntakeDeps } from './intake-deps';
import type { IntakeLimits } from './limits';
import { type Line, LineSplitter } from '../../staging/line-splitter';
import { bodyPieces, checkEncoding, mediaType, wholeBody } from './request-body';
import { abandonSubmission, stageLines, type StagingHooks } from '../../staging/stage-lines';
import { uploadPath } from './upload-path';

const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];

/** POST .../uploads/{u}/items: takes a body of items of any length, as a whole or not at all. */
export function postItemsHandler(deps: IntakeDeps): RequestHandler {
  const { store, hints, limits } = deps;
  const staging = { ...deps, staging: store.staging, budget: new ByteBudget(limits.bytesInFlight) };

  return bodyHandler(async (req, res) => {
    const key = idempotencyKey(req);
    const reader = readerOf(req, limits);
    const upload = await openUpload(deps, req, res);
    const take: Take = async (hash, hooks) => {
      const taken = await stageLines(staging, upload.key, upload.upload_id, reader(hash), hooks);
      if (taken === null) throw new ApiProblem('invalid_request', 'The body holds no item; send at least one');
      return taken;
    };
    const answer = key === undefined ? await take() : await takeOnce(deps, req, res, upload, key, take);
    if (upload.kind === 'STREAMING') hints.datasetHasWork(datasetOf(res));
    res.location(uploadPath(req, upload.upload_id));
    sendJson(res, 202, answer);
  }, deps);
}

async function openUpload({ store }: IntakeDeps, req: Request, res: Response): Promise<UploadRecord> {
  const upload = await store.uploads.get(writableDatasetOf(res).key, String(req.params.u));
  if (upload.kind === 'STREAMING' || upload.kind === 'BATCH') return upload;
  const detail = `Upload ${upload.upload_id} is of kind ${upload.kind} and takes no items; open a STREAMING or BATCH upload`;
  throw new ApiProblem('upload_closed', detail);
}

type Take = (hash?: Hash, hooks?: StagingHooks) => Promise<unknown>;

/** Takes the post, or answers what the first post with the same key and body was answered. */
async function takeOnce(
  deps: IntakeDeps,
  req: Request,
  res: Response,
  upload: UploadRecord,
  key: string,
  take: Take,
): Promise<unknown> {
  const { store, limits, logger } = deps;
  const hash = createHash('sha256');
  const id = `upload/${upload.upload_id}/${key}`;
  const claimed = await claimKey(store.idempotency, id, '', res, limits);
  if (claimed.outcome === 'replay') {
    for await (const piece of bodyPieces(req, limits)) hash.update(piece);
    if (hash.digest('hex') !== claimed.body_hash) throw keyReused();
    return claimed.body;
  }
  const { claim } = claimed;
  try {
    await abandonTwin(deps, upload, claimed);
    return await whileBeating(store.idempotency, claim, limits, logger, () =>
      take(hash, {
        begun: ({ submission_id }) => store.idempotency.note(claim, { submission_id }),
        completedWith: () => ({ claim: { ...claim, body_hash: hash.digest('hex') } }),
      }),
    );
  } catch (error) {
    await releaseKey(store.idempotency, claim, logger);
    throw lostKey(error);
  }
}

/** What a twin that died had staged is of no use: its body is gone with its client. */
async function abandonTwin(
  { store, logger }: IntakeDeps,
  { upload_id, key }: UploadRecord,
  { resume }: Extract<Claim, { outcome: 'claimed' }>,
): Promise<void> {
  if (typeof resume?.submission_id !== 'string') return;
  await abandonSubmission(store.staging, { submission_id: resume.submission_id, upload_id, key }, logger);
}

type Runs = AsyncGenerator<Iterable<Line>, void>;

/** How the body is to be read, by its type; checked before anything is staged for it. */
function readerOf(req: Request, limits: IntakeLimits): (hash?: Hash) => Runs {
  checkEncoding(req);
  const type = mediaType(req);
  if (NDJSON_TYPES.includes(type)) return (hash) => ndjsonRuns(req, limits, hash);
  if (type === 'application/json') return (hash) => jsonRun(req, limits, hash);
  const given = type === '' ? 'no Content-Type' : `Content-Type "${type}"`;
  throw new ApiProblem('unsupported_media_type', `Expected application/x-ndjson or application/json, got ${given}`);
}

async function* ndjsonRuns(req: Request, limits: IntakeLimits, hash?: Hash): Runs {
  const splitter = new LineSplitter(limits.lineBytes);
  for await (const piece of bodyPieces(req, limits)) {
    hash?.update(piece);
    yield splitter.push(piece);
  }
  yield splitter.end();
}

async function* jsonRun(req: Request, limits: IntakeLimits, hash?: Hash): Runs {
  const advice = 'send more items as NDJSON (Content-Type: application/x-ndjson), which has no limit';
  const body = await wholeBody(req, limits, limits.jsonBytes, advice);
  hash?.update(body);
  yield jsonItems(body, limits.lineBytes);
}
