import { utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../engines/ports';
import { scratchFolder } from '../support/scratch-folder';

const claims = scratchFolder();

describe('a free port', () => {
  it('is given to one of many who ask at the same time', async () => {
    const ports = await Promise.all(Array.from({ length: 60 }, () => freePort({ first: 14_000, count: 100 }, claims)));
    expect(new Set(ports).size).toBe(60);
  });

  it('is given again only when its claim has grown old', async () => {
    const port = await freePort();
    const alone = { first: port, count: 1 };
    expect(await freePort(alone, claims)).toBe(port);
    await expect(freePort(alone, claims)).rejects.toThrow(`drawn between ${port} and ${port} none is free`);
    const anHourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(join(claims, String(port)), anHourAgo, anHourAgo);
    expect(await freePort(alone, claims)).toBe(port);
  });

  it('is none that somebody listens on', async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    await expect(freePort({ first: port, count: 1 }, claims)).rejects.toThrow('none is free');
    await new Promise((done) => server.close(done));
  });
});
