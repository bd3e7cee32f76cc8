import { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import type { DatasetRef, Hints, TemporalHealth } from './hints';
import { registerSearchAttributes } from './search-attributes';
import { temporalHints } from './temporal-hints';

export interface TemporalOptions {
  address: string;
  namespace: string;
  taskQueue: string;
  logger: Logger;
  leased: (dataset: DatasetRef) => Promise<boolean>;
}

export interface TemporalClient {
  hints: Hints;
  health: TemporalHealth;
  close(): Promise<void>;
}

/** A hint or health check that takes longer is given up. */
const CALL_MS = 5_000;

/** Connects lazily: an API whose Temporal is away starts, takes items, and is not ready. */
export async function connectTemporal({
  address,
  namespace,
  taskQueue,
  logger,
  leased,
}: TemporalOptions): Promise<TemporalClient> {
  const connection = Connection.lazy({ address, connectTimeout: CALL_MS });
  const client = new Client({ connection, namespace });
  let registered: boolean | undefined;
  const searchable = async (): Promise<boolean> => {
    if (registered !== undefined) return registered;
    const outcome = await connection.withDeadline(Date.now() + CALL_MS, () =>
      registerSearchAttributes(connection, namespace),
    );
    if (outcome === 'refused') logger.warn('The server refuses the search attributes; workflows start without them');
    if (outcome !== 'away') registered = outcome === 'registered';
    return registered ?? false;
  };
  await searchable();
  const hints = temporalHints({ client, taskQueue, logger, leased, searchable });
  return {
    hints,
    health: {
      async reachable() {
        try {
          await connection.withDeadline(Date.now() + CALL_MS, () => connection.workflowService.getSystemInfo({}));
          return true;
        } catch {
          return false;
        }
      },
    },
    close: () => connection.close(),
  };
}
