import { z } from 'zod';
import { MAX_NESTING } from '../../domain/free-json';
import type { JsonObject } from '../../domain/json';
import { toJson } from '../json';

/** Characters of JSON that external metadata may have: it is read with every look at its project or dataset. */
const METADATA_LENGTH = 256 * 1024;

/** A check that free JSON can be kept: its depth, its length, its numbers. */
export function keepable(maxLength: number): (value: unknown, context: z.core.$RefinementCtx) => void {
  return (value, context) => {
    const message = freeProblem(value, maxLength);
    if (message !== undefined) context.addIssue({ code: 'custom', message, input: value });
  };
}

/** The user's own metadata of a project, dataset or inference set. */
export const ExternalMetadata = z
  .record(z.string(), z.unknown())
  .superRefine(keepable(METADATA_LENGTH))
  .transform((value) => value as JsonObject);

function freeProblem(value: unknown, maxLength: number): string | undefined {
  const problem = valueProblem(value, MAX_NESTING);
  if (problem !== undefined) return problem;
  const { length } = toJson(value);
  return length > maxLength ? `Expected at most ${maxLength} characters of JSON, got ${length}` : undefined;
}

function valueProblem(value: unknown, levels: number): string | undefined {
  // JSON has numbers beyond the largest double; what they become is no JSON.
  if (typeof value === 'number' && !Number.isFinite(value)) return 'Expected numbers up to 1.8e308, got a greater one';
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return `Expected at most ${MAX_NESTING} levels of nesting, got more`;
  for (const inner of Object.values(value)) {
    const problem = valueProblem(inner, levels - 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
