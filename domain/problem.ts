import type { ErrorCode } from './error-codes';
import type { ItemFailure } from './item';
import type { Json } from './json';

/**
 * Thrown inside the readers when an item breaks a rule. Each reader names the place relative to what it was given;
 * `inside` puts the outer place in front on the way up, so that good items build no paths.
 */
export class Problem extends Error {
  label_id?: string;

  constructor(
    readonly code: ErrorCode,
    message: string,
    public path: string = '',
  ) {
    super(message);
  }

  /** The problem as the item's stored failure. */
  toFailure(): ItemFailure {
    const failure: ItemFailure = { code: this.code, message: this.message };
    if (this.path !== '') failure.path = this.path;
    if (this.label_id !== undefined) failure.label_id = this.label_id;
    return failure;
  }
}

/** Puts `place` in front of a problem's path; any other error passes untouched. */
export function inside(error: unknown, place: string): unknown {
  if (error instanceof Problem) {
    const separator = error.path === '' || error.path.startsWith('[') ? '' : '.';
    error.path = place + separator + error.path;
  }
  return error;
}

const SHOWN_CHARACTERS = 60;

/** Names a given value in an error message, cut to a readable length. */
export function describe(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `the text ${quote(value)}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  return String(value);
}

/** A text in double quotes, cut to a readable length. */
export function quote(text: string): string {
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text);
}
