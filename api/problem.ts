import type { ApiErrorCode } from './problems';

/** One place of a request that is wrong: `path` is `label_classes[2].name`, `query.limit` ... */
export interface ProblemPlace {
  path: string;
  message: string;
}

export interface ProblemOptions extends ErrorOptions {
  /** In place of the code's usual status, for an item's failure that answers a single write. */
  status?: number;
  errors?: ProblemPlace[];
  headers?: Record<string, string>;
  /** Further members of the problem document, such as the frames of a `revert_conflict`. */
  members?: Record<string, unknown>;
}

/** An answer that is not a success; the error handler makes the problem document of it. */
export class ApiProblem extends Error {
  constructor(
    readonly code: ApiErrorCode,
    /** Says what was wrong, where, what was expected and what to do. */
    detail: string,
    readonly options: ProblemOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'ApiProblem';
  }
}
