import type { Logger } from 'pino';
import type { DatasetKey } from '../store/records';
import type { CompletedWith, SubmissionRef } from '../store/staging';
import type { StagingStore } from '../store/store';
import type { ByteBudget } from './byte-budget';
import { ChunkBuilder } from './chunk-builder';
import { ChunkSender } from './chunk-sender';
import type { Line } from './line-splitter';

export interface LineStaging {
  staging: StagingStore;
  budget: ByteBudget;
  limits: StagingLimits;
  logger: Logger;
}

export interface StagingLimits {
  /** One item, in bytes. */
  lineBytes: number;
  /** Chunks of one submission on their way to the store at once. */
  chunksInFlight: number;
}

/** What to do around the staging of one submission. */
export interface StagingHooks {
  /** The submission exists, but is not complete. */
  begun?: (submission: SubmissionRef) => Promise<void>;
  /** What becomes durable together with the submission; called once the lines were read to their end. */
  completedWith?: () => CompletedWith;
}

/**
 * Stages lines as one submission, as a whole or not at all: whatever goes wrong, also in reading the lines, nothing of
 * it remains. Null when there was no line.
 * @param lines runs of lines; a run is only read when the store has taken what came before
 * @throws StoreError
 */
export async function stageLines(
  { staging, budget, limits, logger }: LineStaging,
  key: DatasetKey,
  upload_id: string,
  lines: AsyncIterable<Iterable<Line>> | Iterable<Iterable<Line>>,
  hooks: StagingHooks = {},
): Promise<{ first_index: number; count: number } | null> {
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
    if (last === undefined) {
      await abandonSubmission(staging, submission, logger);
      return null;
    }
    await sender.send(last);
    await sender.finish();
    return await staging.complete(
      submission,
      { chunks: builder.chunks, items: builder.items },
      hooks.completedWith?.(),
    );
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
