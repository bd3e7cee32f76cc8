import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { EngineError } from './engine-error';

/** Below the ports that systems give to outgoing connections, one of which could take a port between two starts on it. */
const FIRST_PORT = 15_000;
const PORTS = 15_000;
const TRIES = 100;

/** A port that is free now, and stays free of outgoing connections. Another process may take it before it is used. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = FIRST_PORT + randomInt(PORTS);
    if ((await listenError(port, '127.0.0.1')) === undefined) return port;
  }
  throw new EngineError(`Of ${TRIES} ports between ${FIRST_PORT} and ${FIRST_PORT + PORTS} none is free`);
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
