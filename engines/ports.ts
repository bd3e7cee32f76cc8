import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { EngineError } from './engine-error';
import { claimPort, claimsFolder } from './port-claim';

export interface PortRange {
  first: number;
  count: number;
}

/** Below the ports that systems give to outgoing connections, one of which could take a port between two starts on it. */
const RANGE: PortRange = { first: 15_000, count: 15_000 };
const TRIES = 200;

/**
 * A port that is free now, stays free of outgoing connections, and is given to nobody else of this user's processes who
 * asks in the same way, so that it may be listened on a while later, or again.
 */
export async function freePort(range = RANGE, claims = claimsFolder()): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = range.first + randomInt(range.count);
    if (claimPort(port, claims) && (await listenError(port, '127.0.0.1')) === undefined) return port;
  }
  throw new EngineError(
    `Of ${TRIES} ports drawn between ${range.first} and ${range.first + range.count - 1} none is free`,
  );
}

/**
 * Checks that a port can be listened on.
 * @param what names the one who wants it, `setting` the variable that moves it
 * @throws EngineError when another process listens there
 */
export async function assertPortFree(port: number, what: string, setting: string, host = '127.0.0.1'): Promise<void> {
  const code = await listenError(port, host);
  if (code === undefined) return;
  if (code === 'EADDRINUSE') {
    throw new EngineError(
      `Port ${port}, which ${what} should listen on, is taken by another process; stop that process or set ${setting} to a free port`,
    );
  }
  throw new EngineError(
    `${what} cannot listen on ${host}:${port} (${code}); set ${setting} to a port and an address that this machine allows`,
  );
}

/** Why a port cannot be listened on; undefined when it can. */
async function listenError(port: number, host: string): Promise<string | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => done(undefined)));
  });
}
