import type { Logger } from 'pino';
import type { DatasetKey } from '../../store/records';
import type { IdempotencyClaim, SubmissionRef } from '../../store/staging';
import type { StagingStore } from '../../store/store';
import { ApiProblem } from '../problem';
import type { ByteBudget } from './byte-budget';
import { ChunkBuilder } from './chunk-builder';
import { ChunkSender } from './chunk-sender';
import type { IntakeLimits } from './limits';
import type { Line } from './line-splitter';

export interface PostStaging {
  staging: StagingStore;
  budget: ByteBudget;
  limits: Pick<IntakeLimits, 'lineBytes' | 'chunksInFlight'>;
  logger: Logger;
}

/** What to do around the staging of one post. */
export interface PostHooks {
  /** The submission exists, but is not complete. */
  begun?: (submission: SubmissionRef) => Promise<void>;
  /** Called once the body was read to its end. */
  claim?: () => IdempotencyClaim;
}

/**
 * Stages one post as a whole or not at all: whatever goes wrong, also in reading the lines, nothing of it remains.
 * @param lines runs of lines; a run is only read when the store has taken what came before
 * @throws ApiProblem invalid_request without a line; StoreError
 */
export async function stagePost(
  { staging, budget, limits, logger }: PostStaging,
  key: DatasetKey,
  upload_id: string,
  lines: AsyncIterable<Iterable<Line>> | Iterable<Iterable<Line>>,
  hooks: PostHooks = {},
): Promise<{ first_index: number; count: number }> {
  const submission = await staging.begin(key, upload_id);
  const sender = new ChunkSender((chunk) => staging.putChunk(submission, chunk), limits.chunksInFlight, budget);
  const builder = new ChunkBuilder(limits.lineBytes);
  try {
    await hooks.begun?.(submission);
    for await (const run of lines) {
      for (const line of run) {
        const chunk = builder.add(line);
        if (chunk !== undefined) await sender.send(chunk);
      }
    }
    const last = builder.end();
    if (last === undefined) throw new ApiProblem('invalid_request', 'The body holds no item; send at least one');
    await sender.send(last);
    await sender.finish();
    return await staging.complete(submission, { chunks: builder.chunks, items: builder.items }, hooks.claim?.());
  } catch (error) {
    await sender.settle();
    await abandonSubmission(staging, submission, logger);
    throw error;
  }
}

/** Removes an incomplete submission; where the store is away it stays incomplete, and so never commits. */
export async function abandonSubmission(
  staging: StagingStore,
  submission: SubmissionRef,
  logger: Logger,
): Promise<void> {
  await staging
    .abandon(submission)
    .catch((error: unknown) => logger.warn({ err: error, ...submission }, 'An incomplete post could not be removed'));
}
