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
  /** The root of the URLs to hand out, without a trailing slash; known once the API listens. */
  publicUrl: () => string;
  /** Hosts, `host` or `host:port`, other than ours that old clients' files may be fetched from. */
  dataHosts: readonly string[];
  /** The version of Vivarium, for the OpenAPI document. */
  version: string;
}
