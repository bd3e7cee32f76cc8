/** Codes that the object store throws. */
export type ObjectErrorCode =
  | 'unknown_upload'
  | 'refused'
  | 'out_of_order'
  | 'wrong_total'
  | 'wrong_length'
  | 'too_large'
  | 'already_complete'
  | 'object_not_found'
  | 'object_incomplete';

/** An object cannot be written or read as it was asked. */
export class ObjectError extends Error {
  constructor(
    readonly code: ObjectErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ObjectError';
  }
}
