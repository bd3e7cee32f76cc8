import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { loadSettings, type Settings } from '../../config/settings';
import { freePort } from '../../engines/ports';
import { processIdentity } from '../../engines/process-identity';
import { dataFolder, PROCESS_NAMES } from '../../launcher/data-folder';
import { launch, type Launch, type LaunchOptions } from '../../launcher/launch';
import { eventually } from '../support/eventually';
import { scratchFolder } from '../support/scratch-folder';
import { writeStandIns } from './stand-ins';

const scratch = scratchFolder();
const { broken, ...entries } = writeStandIns(scratch);
const running: Launch[] = [];

afterAll(() => Promise.all(running.map((one) => one.kill())), 60_000);

async function settingsFor(name: string): Promise<Settings> {
  return {
    ...loadSettings({}),
    dataDir: join(scratch, name),
    port: await freePort(),
    mongodbPort: await freePort(),
    temporalPort: await freePort(),
    temporalUiPort: await freePort(),
  };
}

function start(settings: Settings, more: Partial<LaunchOptions> = {}) {
  const lines: string[] = [];
  const launched = launch({ settings, env: process.env, entries, log: (line) => lines.push(line), ...more });
  running.push(launched);
  return { ...launched, lines };
}

const pidOf = (settings: Settings, name: Parameters<ReturnType<typeof dataFolder>['pidFile']>[0]): number =>
  JSON.parse(readFileSync(dataFolder(settings.dataDir).pidFile(name), 'utf8')).pid;

async function askApi(url: string): Promise<{ pid: number; key: string }> {
  return (await (await fetch(url)).json()) as { pid: number; key: string };
}

describe('a launch', () => {
  it('starts all on its data folder, keeps them running, and stops them in order', async () => {
    const settings = await settingsFor('whole');
    const first = start(settings);
    const { apiUrl, temporalUiUrl, adminKey, folder } = await first.ready;
    expect(apiUrl).toBe(`http://127.0.0.1:${settings.port}`);
    expect((await fetch(temporalUiUrl ?? '')).status).toBe(200);
    expect(adminKey.origin).toBe('made');
    expect(statSync(folder.adminKeyFile).mode & 0o777).toBe(0o600);
    expect((await askApi(apiUrl)).key).toBe(adminKey.key);
    expect(readFileSync(folder.logFile('worker'), 'utf8')).toContain(
      `worker on mongodb://127.0.0.1:${settings.mongodbPort}/?replicaSet=vivarium and 127.0.0.1:${settings.temporalPort}`,
    );

    expect(() => start(settings)).toThrow(`Vivarium already runs on ${settings.dataDir} (process ${process.pid}`);

    const { pid } = await askApi(apiUrl);
    process.kill(pid, 'SIGKILL');
    await eventually(async () => expect((await askApi(apiUrl)).pid).not.toBe(pid));

    first.lines.length = 0;
    await first.stop();
    expect(first.lines).toEqual(['Stopped api', 'Stopped worker', 'Stopped temporal', 'Stopped mongod']);
    expect(readFileSync(folder.logFile('worker'), 'utf8')).toContain('worker stopped');

    const second = start(settings);
    expect((await second.ready).adminKey).toEqual({ key: adminKey.key, origin: 'kept' });
    await second.stop();
  }, 120_000);

  it('shows the log of a service that does not come up', async () => {
    const failing = start(await settingsFor('broken'), { entries: { worker: broken, api: entries.worker } });
    await expect(failing.ready).rejects.toThrow(
      /^The worker ended while it started \(exit code 1\)[^]*looking for my settings[^]*The setting is wrong/,
    );
    await failing.stop();
  }, 60_000);

  it('refuses a taken API port before it starts anything', async () => {
    const settings = await settingsFor('taken');
    const squatter = createServer();
    await new Promise<void>((done) => squatter.listen(settings.port, '127.0.0.1', done));
    const refused = start(settings);
    await expect(refused.ready).rejects.toThrow(`Port ${settings.port}, which the API should listen on, is taken`);
    expect(refused.lines).toEqual([]);
    await refused.stop();
    await new Promise((done) => squatter.close(done));
  }, 60_000);

  it('refuses engines that do not answer, without showing a password', async () => {
    const nobody = await freePort();
    const settings = { ...(await settingsFor('away')), mongodbUri: `mongodb://me:hunter2@127.0.0.1:${nobody}/x` };
    const refused = start(settings);
    const error: Error = await refused.ready.then(
      () => Promise.reject(new Error('It started')),
      (reason: Error) => reason,
    );
    expect(error.message).toMatch(/^The MongoDB at mongodb:\/\/127\.0\.0\.1:\d+\/x \(MONGODB_URI\) does not answer/);
    expect(error.message).not.toContain('hunter2');
    await refused.stop();
  }, 60_000);

  it('stops what is half started', async () => {
    const settings = await settingsFor('half');
    const early = start(settings);
    const outcome = early.ready.then(
      () => 'ready',
      () => 'given up',
    );
    await eventually(() => expect(pidOf(settings, 'mongod')).toBeGreaterThan(0));
    const pid = pidOf(settings, 'mongod');
    await early.stop();
    expect(await outcome).toBe('given up');
    expect(processIdentity(pid)).toBeUndefined();
  }, 60_000);
});

describe('after a kill -9 of the launcher', () => {
  it.each([
    ['alone', false],
    ['with its process group', true],
  ])(
    '%s, the next start on the same folder and ports works',
    async (_title, wholeGroup) => {
      const settings = await settingsFor(`killed-${wholeGroup}`);
      const program = `
      const { launch } = require(${JSON.stringify(join(__dirname, '..', '..', 'dist', 'launcher', 'launch.js'))});
      const options = ${JSON.stringify({ settings, entries })};
      launch({ ...options, env: process.env, log: () => undefined }).ready.then(
        ({ adminKey }) => console.log('ready ' + adminKey.key),
        (error) => { console.error(error); process.exit(1); });`;
      const launcher = spawn(process.execPath, ['-e', program], {
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [, key] = await new Promise<string[]>((done) =>
        launcher.stdout.once('data', (data: Buffer) => done(data.toString().trim().split(' '))),
      );
      const orphan = (await askApi(`http://127.0.0.1:${settings.port}`)).pid;
      const ended = new Promise((done) => launcher.once('exit', done));
      process.kill(wholeGroup ? -(launcher.pid ?? 0) : (launcher.pid ?? 0), 'SIGKILL');
      await ended;

      const next = start(settings);
      expect((await next.ready).adminKey).toEqual({ key, origin: 'kept' });
      expect(next.lines).toContain(`Stopped api (process ${orphan}), left over from a start that was killed`);
      expect((await askApi(`http://127.0.0.1:${settings.port}`)).pid).not.toBe(orphan);
      const pids = [orphan, ...PROCESS_NAMES.map((name) => pidOf(settings, name))];
      await next.stop();
      expect(pids.map(processIdentity)).toEqual(pids.map(() => undefined));
    },
    120_000,
  );
});
