import { IndexedValueType } from './indexed-value-type';
import type { Connection } from '@temporalio/client';
import { DATASET, FAILED, KIND, PROJECT } from '../workflows/search-attributes';

/** The gRPC status of two processes registering at once. */
const ALREADY_EXISTS = 6;

/**
 * Registers the search attributes that are missing; false when the server does not let us, and workflows start without
 * them.
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<boolean> {
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
    return true;
  } catch (error) {
    if ((error as { code?: number }).code === ALREADY_EXISTS) return true;
    return false;
  }
}
