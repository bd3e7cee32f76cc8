import type { Server } from 'node:http';

/**
 * Sets the server's time-outs so that a body may take as long as it needs while it keeps coming. Intake itself ends
 * bodies that stop; Node's own limit on a whole request would cut a slow post of 1 GB after five minutes.
 */
export function configureServer(server: Server): void {
  server.requestTimeout = 0;
  server.headersTimeout = 30_000;
  // Longer than the 60 s that load balancers commonly keep idle connections, so that it is they who close.
  server.keepAliveTimeout = 65_000;
}
