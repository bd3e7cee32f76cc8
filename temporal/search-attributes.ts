import { IndexedValueType } from './indexed-value-type';
import type { Connection } from '@temporalio/client';
import { DATASET, FAILED, KIND, PROJECT } from '../workflows/search-attributes';

/** The gRPC status of two processes registering at once. */
const ALREADY_EXISTS = 6;

/** The gRPC statuses of a server that is away. */
const AWAY = new Set([4, 14]);

/**
 * Registers the search attributes that are missing. `refused`: the server does not let us, and workflows start without
 * them; `away`: ask again later.
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<'registered' | 'refused' | 'away'> {
  const wanted = {
    [PROJECT.name]: IndexedValueType.KEYWORD,
    [DATASET.name]: IndexedValueType.KEYWORD,
    [KIND.name]: IndexedValueType.KEYWORD,
    [FAILED.name]: IndexedValueType.INT,
  };
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.fromEntries(Object.entries(wanted).filter(([name]) => !(name in (customAttributes ?? {}))));
    if (Object.keys(missing).length > 0)
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
    return 'registered';
  } catch (error) {
    const { code } = error as { code?: number };
    if (code === ALREADY_EXISTS) return 'registered';
    return code !== undefined && AWAY.has(code) ? 'away' : 'refused';
  }
}
