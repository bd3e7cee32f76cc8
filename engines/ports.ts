import { createServer } from 'node:net';
import { EngineError } from './engine-error';

/** Asks the system for a port that is free now. Another process may take it before it is used. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new EngineError('The system gave no free port');
  return address.port;
}

/**
 * Checks that a port can be listened on.
 * @param what names the one who wants it, `setting` the variable that moves it
 * @throws EngineError when another process listens there
 */
export async function assertPortFree(port: number, what: string, setting: string, host = '127.0.0.1'): Promise<void> {
  const code = await new Promise<string | undefined>((done) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => done(undefined)));
  });
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
