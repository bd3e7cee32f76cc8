import type { Logger } from 'pino';
import type { Store } from '../../store/store';
import type { Hints } from '../../temporal/hints';
import type { IntakeLimits } from './limits';

/** What intake is composed of. */
export interface IntakeDeps {
  store: Pick<Store, 'datasets' | 'uploads' | 'staging' | 'idempotency' | 'frames'>;
  hints: Hints;
  logger: Logger;
  limits: IntakeLimits;
}
