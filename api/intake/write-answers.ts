import type { DatasetRecord } from '../../store/records';
import type { Store } from '../../store/store';
import { ApiProblem } from '../problem';
import type { ApiErrorCode } from '../problems';
import type { ItemOutcome, OutcomeWatcher } from './outcome-watcher';
import type { StagedWrite } from './write-joiner';
import type { WriteOp } from './write-line';

/** What a single write is answered, in a form that can be kept for replays. */
export type WriteAnswer = WriteSuccess | WriteRefusal;

export interface WriteSuccess {
  status: 200 | 201 | 202;
  upload_id: string;
  body: {
    upload_id: string;
    item: number;
    frame_id?: string;
    state?: 'APPLIED' | 'UNCHANGED';
    /** The revision that the frame has now; absent once it is deleted. */
    version?: number;
  };
}

/** The item FAILED; the answer is a problem with the item's code. */
export interface WriteRefusal {
  status: 409 | 412 | 422;
  code: ApiErrorCode;
  detail: string;
  path?: string;
  members: Record<string, unknown>;
}

/** One single write: of which frame of which dataset, and how long its writer waits. */
export interface AnsweredWrite {
  dataset: DatasetRecord;
  op: WriteOp;
  frame_id: string;
  waitMs: number;
}

/** Finds the answers to single writes, once they are durable. */
export class WriteAnswers {
  constructor(
    private readonly store: Pick<Store, 'datasets' | 'frames'>,
    private readonly watcher: OutcomeWatcher,
  ) {}

  /** Waits for the outcome as long as the writer does. */
  async answer(write: AnsweredWrite, staged: StagedWrite): Promise<WriteAnswer> {
    const outcome = write.waitMs === 0 ? null : await this.watcher.wait(staged, write.waitMs);
    switch (outcome?.item.state) {
      case 'APPLIED':
        return this.applied(write, staged, outcome.item.version ?? 0);
      case 'UNCHANGED':
        return this.unchanged(write, staged);
      case 'FAILED':
        return refused(write, staged, outcome);
      case 'NOT_APPLIED':
        return {
          status: 409,
          code: 'upload_cancelled',
          detail: 'The write was cancelled before it was applied; send it again if it is still wanted',
          members: { ...staged },
        };
      case 'PENDING':
      case undefined:
        return { status: 202, upload_id: staged.upload_id, body: { ...staged } };
    }
  }

  private async applied(write: AnsweredWrite, staged: StagedWrite, version: number): Promise<WriteSuccess> {
    const { op, frame_id, dataset } = write;
    if (op === 'delete') return success(200, staged, { frame_id, state: 'APPLIED' });
    const before = op === 'put' ? await this.store.frames.get(dataset.key, version - 1, frame_id) : undefined;
    return success(before === null ? 201 : 200, staged, { frame_id, state: 'APPLIED', version });
  }

  private async unchanged({ dataset, frame_id }: AnsweredWrite, staged: StagedWrite): Promise<WriteSuccess> {
    const { head } = await this.store.datasets.get(dataset.project, dataset.dataset);
    const revision = await this.store.frames.get(dataset.key, head, frame_id);
    return success(200, staged, { frame_id, state: 'UNCHANGED', version: revision?.from });
  }
}

/**
 * The problem of a refusal. An item's code has its own status here: a frame that a patch misses is the item's failure,
 * not an unknown path.
 */
export function refusalProblem({ status, code, detail, path, members }: WriteRefusal): ApiProblem {
  const errors = path === undefined ? undefined : [{ path, message: detail }];
  return new ApiProblem(code, detail, { status, errors, members });
}

function success(
  status: 200 | 201,
  staged: StagedWrite,
  found: Omit<WriteSuccess['body'], keyof StagedWrite>,
): WriteSuccess {
  return { status, upload_id: staged.upload_id, body: { ...staged, ...found } };
}

function refused({ frame_id }: AnsweredWrite, staged: StagedWrite, { item, error }: ItemOutcome): WriteRefusal {
  const code = error?.code ?? item.code ?? 'invalid_item';
  return {
    status: code === 'version_conflict' ? 412 : 422,
    code,
    detail: error?.message ?? 'The item failed',
    path: error?.path,
    members: { ...staged, frame_id, label_id: error?.label_id },
  };
}
