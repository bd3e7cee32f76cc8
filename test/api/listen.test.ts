import { get } from 'node:http';
import express from 'express';
import { listen, stopListening } from '../../api/listen';

const HOST = '127.0.0.1';

function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: HOST, port }, (res) => {
      res.on('data', (data: Buffer) => resolve(data.toString()));
      res.on('error', reject);
    }).on('error', reject);
  });
}

describe('the listening server', () => {
  it('finishes what is in flight when it stops, and takes no more', async () => {
    let arrived: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const app = express();
    app.get('/', (_req, res) => {
      arrived();
      setTimeout(() => res.send('done'), 300);
    });
    const { server, port } = await listen(app, HOST, 0);
    const answer = ask(port);
    await arrival;
    const stopped = stopListening(server, 10_000);
    await expect(ask(port)).rejects.toThrow(/ECONNREFUSED/);
    expect(await answer).toBe('done');
    await stopped;
  });

  it('cuts off what takes longer than the grace', async () => {
    const { server, port } = await listen(
      express().get('/', () => undefined),
      HOST,
      0,
    );
    const answer = ask(port);
    await new Promise((resolve) => server.once('request', resolve));
    await stopListening(server, 100);
    await expect(answer).rejects.toThrow(/hang up|ECONNRESET/);
  });

  it('says what to do when the port is taken or the address is not this machine', async () => {
    const { server, port } = await listen(express(), HOST, 0);
    await expect(listen(express(), HOST, port)).rejects.toThrow(
      `Port ${port} of ${HOST} is taken by another program; set PORT`,
    );
    await expect(listen(express(), '192.0.2.1', 0)).rejects.toThrow('This machine has no address 192.0.2.1; set HOST');
    await stopListening(server, 0);
  });
});
