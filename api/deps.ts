import type { Logger } from 'pino';
import type { Store } from '../store/store';
import type { Hints, TemporalHealth } from '../temporal/hints';

/** What the API is composed of. */
export interface ApiDeps {
  store: Store;
  hints: Hints;
  health: TemporalHealth;
  /** The time now. */
  clock: () => Date;
  logger: Logger;
  /** The version of Vivarium, for the OpenAPI document. */
  version: string;
}
