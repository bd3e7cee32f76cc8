import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { configureServer } from './intake';

/** A server that listens. */
export interface Listening {
  server: Server;
  /** The port really listened on, also when any free one was asked for. */
  port: number;
}

/**
 * Serves the app.
 * @throws Error that says what to do when the address cannot be listened on
 */
export async function listen(app: Express, host: string, port: number): Promise<Listening> {
  const server = createServer(app);
  configureServer(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen(port, host, resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** Takes no more connections and returns when those there are have ended, or are cut after the given time. */
export async function stopListening(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection is idle only once its request has been answered.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const address = `${host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new Error(`Port ${port} of ${host} is taken by another program; set PORT to a free one`, { cause: error });
    case 'EACCES':
      return new Error(`This user may not listen on ${address}; set PORT to one above 1023`, { cause: error });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Error(`This machine has no address ${host}; set HOST to one it has`, { cause: error });
    default:
      return new Error(`Listening on ${address} failed: ${error.message}`, { cause: error });
  }
}
