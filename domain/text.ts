import { describe, Problem } from './problem';
import type { Json } from './json';

declare global {
  // V8 has it since Node 20; TypeScript's library lists it from ES2024 on.
  interface String {
    isWellFormed(): boolean;
  }
}

const ILL_FORMED = 'Expected well-formed Unicode, got a text with a lone surrogate';

/** Why a text cannot be stored, or null. MongoDB holds UTF-8, which has no lone surrogates. */
export function textProblem(text: string): string | null {
  return text.isWellFormed() ? null : ILL_FORMED;
}

/** A text; fails on anything else, also when absent. */
export function readText(value: Json | undefined, path: string): string {
  if (typeof value === 'string') {
    if (value.isWellFormed()) return value;
    throw new Problem('invalid_value', ILL_FORMED, path);
  }
  if (value === undefined || value === null)
    throw new Problem('missing_field', `Expected a text in ${path}, got nothing`, path);
  throw new Problem('invalid_value', `Expected a text, got ${describe(value)}`, path);
}

/** A text, or undefined when absent or null. */
export function readOptionalText(value: Json | undefined, path: string): string | undefined {
  return value === undefined || value === null ? undefined : readText(value, path);
}
