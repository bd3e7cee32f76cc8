import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { startChild, type Child } from './child';
import { assertPortFree } from './ports';
import { waitUntilUp } from './wait-until-up';

export interface TemporalServerOptions {
  /** The Temporal CLI to run, as `locateTemporal` finds it. */
  binary: string;
  /** The database file; unset, the server forgets everything when it ends. */
  dbFile?: string;
  port: number;
  /** The port of the web UI; unset, there is none. */
  uiPort?: number;
  namespace?: string;
  logFile: string;
  /** Called with the process id as soon as there is one, before the server is up. */
  onSpawn?: (pid: number) => void;
}

/** A Temporal development server whose frontend answers. */
export interface RunningTemporalServer extends Child {
  readonly port: number;
  /** host:port of the gRPC frontend. */
  readonly address: string;
  /** The web UI, when there is one. */
  readonly uiUrl?: string;
}

/**
 * Starts a Temporal development server and waits until its frontend answers for the namespace.
 * @throws EngineError when it does not come up; nothing is left running then
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<RunningTemporalServer> {
  const namespace = options.namespace ?? 'default';
  // It would come up on a taken port, and the process that has the port would get the calls.
  await assertPortFree(options.port, 'Temporal', 'TEMPORAL_PORT');
  if (options.uiPort !== undefined) await assertPortFree(options.uiPort, "Temporal's web UI", 'TEMPORAL_UI_PORT');
  if (options.dbFile !== undefined) mkdirSync(dirname(options.dbFile), { recursive: true });
  const child = await startChild({ command: options.binary, args: serverArgs(options), logFile: options.logFile });
  options.onSpawn?.(child.pid);
  const address = `127.0.0.1:${options.port}`;
  try {
    await waitUntilUp({ child, what: 'Temporal', timeoutMs: 60_000, isUp: () => isServing(address, namespace) });
  } catch (error) {
    await child.kill();
    throw error;
  }
  const uiUrl = options.uiPort === undefined ? undefined : `http://127.0.0.1:${options.uiPort}`;
  return { ...child, port: options.port, address, uiUrl };
}

/** Whether a Temporal frontend answers at an address and knows the namespace; throws what stands in the way. */
export async function isServing(address: string, namespace: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 });
  try {
    await connection.withDeadline(Date.now() + 2_000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return true;
  } finally {
    await connection.close();
  }
}

function serverArgs({ port, uiPort, dbFile, namespace }: TemporalServerOptions): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)]),
    ...(namespace === undefined || namespace === 'default' ? [] : ['--namespace', namespace]),
    // Twice as fast as SQLite's own settings, and safe against a killed process.
    ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
  ];
}
