import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { freePort } from '../../engines/ports';
import { startTemporalServer, type RunningTemporalServer } from '../../engines/temporal-server';
import { testTemporalBinary } from '../support/engines';
import { scratchFolder } from '../support/scratch-folder';

const folder = scratchFolder();

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

describe('a Temporal server on a file', () => {
  const running: RunningTemporalServer[] = [];
  const start = async (port: number, uiPort?: number) => {
    const server = await startTemporalServer({
      binary: await testTemporalBinary(),
      dbFile: join(folder, 'temporal.db'),
      port,
      uiPort,
      logFile: join(folder, 'temporal.log'),
    });
    running.push(server);
    return server;
  };

  afterAll(async () => {
    await Promise.all(running.map((server) => server.kill()));
  });

  it('keeps open workflows over a kill -9 and a stop', async () => {
    const port = await freePort();
    const first = await start(port);
    await withClient(first.address, (client) =>
      client.workflow.start('waitingForAWorker', { workflowId: 'kept', taskQueue: 'nobody' }),
    );
    expect(await first.kill()).toEqual({ code: null, signal: 'SIGKILL' });

    const second = await start(port);
    const status = () =>
      withClient(second.address, async (client) => (await client.workflow.getHandle('kept').describe()).status.name);
    expect(await status()).toBe('RUNNING');
    await second.stop();

    const third = await start(port);
    expect(await status()).toBe('RUNNING');
    await third.stop();
  }, 120_000);

  it('serves its web UI on the port given', async () => {
    const server = await start(await freePort(), await freePort());
    const page = await fetch(server.uiUrl ?? '');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<html');
    await server.stop();
  }, 60_000);

  it('refuses a taken port', async () => {
    const server = await start(await freePort());
    const second = startTemporalServer({
      binary: await testTemporalBinary(),
      port: server.port,
      logFile: join(folder, 'second.log'),
    });
    await expect(second).rejects.toThrow(`Port ${server.port}, which Temporal should listen on, is taken`);
    await server.stop();
  }, 120_000);

  it('says why it does not come up', async () => {
    const broken = startTemporalServer({
      binary: await testTemporalBinary(),
      dbFile: folder,
      port: await freePort(),
      logFile: join(folder, 'broken.log'),
    });
    await expect(broken).rejects.toThrow(/^Temporal ended while it started[^]*broken\.log tells why:/);
  }, 120_000);
});
