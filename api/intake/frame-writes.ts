import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { frameIdProblem } from '../../domain/ids';
import { StoreError } from '../../store/errors';
import { contextOf, writableDatasetOf } from '../context';
import { sendJson } from '../json';
import { ApiProblem } from '../problem';
import { bodyHandler } from './body-handler';
import { claimKey, idempotencyKey, lostKey, releaseKey, whileBeating } from './idempotency-key';
import type { IntakeDeps } from './intake-deps';
import { writeTerms } from './preconditions';
import { checkEncoding, mediaType, wholeBody } from './request-body';
import { uploadPath } from './upload-path';
import { type AnsweredWrite, refusalProblem, type WriteAnswer, type WriteAnswers } from './write-answers';
import type { FrameWrite, StagedWrite } from './write-joiner';
import type { WriteJoiners } from './write-joiners';
import { writeLine, type WriteOp } from './write-line';

const IF_TOO_LARGE = 'make the frame smaller, for instance by sending large parts as URLs';

type Stage = (write: FrameWrite) => Promise<StagedWrite>;

/** PUT, PATCH or DELETE .../frames/{f}: one frame, made durable together with others that arrive at the same time. */
export function frameWriteHandler(
  op: WriteOp,
  deps: IntakeDeps,
  joiners: WriteJoiners,
  answers: WriteAnswers,
): RequestHandler {
  return bodyHandler(async (req, res) => {
    const dataset = writableDatasetOf(res);
    const frame_id = frameIdOfPath(req);
    const { waitMs, if_version } = writeTerms(req);
    const key = idempotencyKey(req);
    const body = op === 'delete' ? undefined : await frameBody(req, deps);
    const line = writeLine(op, frame_id, body, if_version, deps.limits.lineBytes);

    const write: AnsweredWrite = { dataset, op, frame_id, waitMs };
    const stage: Stage = (frameWrite) => joiners.write(dataset, contextOf(res).key.key_id, frameWrite);
    const answer =
      key === undefined
        ? await answers.answer(write, await stage({ frame_id, line }))
        : await writeOnce(deps, res, key, write, line, stage, answers);
    send(req, res, answer);
  }, deps);
}

function frameIdOfPath(req: Request): string {
  const frame_id = String(req.params.f);
  const problem = frameIdProblem(frame_id);
  if (problem === null) return frame_id;
  throw new ApiProblem('invalid_id', problem, { errors: [{ path: 'path.f', message: problem }] });
}

async function frameBody(req: Request, { limits }: IntakeDeps): Promise<Buffer> {
  checkEncoding(req);
  const type = mediaType(req);
  if (type !== 'application/json' && !type.endsWith('+json')) {
    const given = type === '' ? 'none' : `"${type}"`;
    throw new ApiProblem('unsupported_media_type', `Expected the Content-Type application/json, got ${given}`);
  }
  return wholeBody(req, limits, limits.lineBytes, IF_TOO_LARGE);
}

/** Does the write, or answers what the first write with the same key was answered. */
async function writeOnce(
  { store, limits, logger }: IntakeDeps,
  res: Response,
  key: string,
  write: AnsweredWrite,
  line: string,
  stage: Stage,
  answers: WriteAnswers,
): Promise<WriteAnswer> {
  const hash = createHash('sha256').update(line).digest('hex');
  const claimed = await claimKey(store.idempotency, `dataset/${write.dataset.key}/${key}`, hash, res, limits);
  if (claimed.outcome === 'replay') return claimed.body as WriteAnswer;
  const { claim, resume } = claimed;
  return whileBeating(store.idempotency, claim, limits, logger, async () => {
    let staged = stagedByTwin(resume);
    try {
      staged ??= await stage({ frame_id: write.frame_id, line, claim });
    } catch (error) {
      // After a loss of contact the write may be durable: then the record says so to whoever comes next with the key.
      if (!(error instanceof StoreError) || error.code !== 'store_unavailable') {
        await releaseKey(store.idempotency, claim, logger);
      }
      throw lostKey(error);
    }
    const answer = await answers.answer(write, staged);
    await store.idempotency.finish(claim, { status: answer.status, body: answer, headers: {} });
    return answer;
  });
}

/** Where a twin that died had staged the same write. */
function stagedByTwin(resume: Record<string, unknown> | undefined): StagedWrite | undefined {
  if (typeof resume?.upload_id !== 'string' || typeof resume.item !== 'number') return undefined;
  return { upload_id: resume.upload_id, item: resume.item };
}

function send(req: Request, res: Response, answer: WriteAnswer): void {
  if ('code' in answer) throw refusalProblem(answer);
  res.location(uploadPath(req, answer.upload_id));
  if (answer.body.version !== undefined) res.set('ETag', `"${answer.body.version}"`);
  sendJson(res, answer.status, answer.body);
}
