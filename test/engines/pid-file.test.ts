import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, type Child } from '../../engines/child';
import { livingProcess, stopOrphan, writePidFile } from '../../engines/pid-file';
import { scratchFolder } from '../support/scratch-folder';

const scratch = scratchFolder();
const children: Child[] = [];

afterAll(() => Promise.all(children.map((child) => child.kill())));

async function startProgram(name: string, program: string) {
  const child = await startChild({
    command: process.execPath,
    args: ['-e', program],
    logFile: join(scratch, `${name}.log`),
  });
  children.push(child);
  const file = join(scratch, `${name}.json`);
  writePidFile(file, child.pid, 1234);
  return { child, file };
}

const untilItSaid = async (child: Child, word: string) => {
  while (!readFileSync(child.logFile, 'utf8').includes(word)) await new Promise((done) => setTimeout(done, 20));
};

const POLITE = "process.on('SIGTERM', () => process.exit(7)); setInterval(() => undefined, 1000); console.log('up')";
const STUBBORN = "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000); console.log('up')";

describe('stopOrphan', () => {
  it('lets a process end in order, says which it was, and removes the file', async () => {
    const { child, file } = await startProgram('polite', POLITE);
    await untilItSaid(child, 'up');
    expect(livingProcess(file)).toMatchObject({ pid: child.pid, port: 1234 });
    expect(await stopOrphan(file)).toMatchObject({ pid: child.pid });
    expect(await child.exited).toEqual({ code: 7, signal: null });
    expect(existsSync(file)).toBe(false);
  });

  it('kills a process that does not end', async () => {
    const { child, file } = await startProgram('stubborn', STUBBORN);
    await untilItSaid(child, 'up');
    await stopOrphan(file, 200);
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('leaves a process alone that only has the same id', async () => {
    const { child, file } = await startProgram('other', POLITE);
    const record = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...record, identity: 'of an earlier process' }));
    expect(await stopOrphan(file)).toBeUndefined();
    expect(child.hasExited()).toBe(false);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['no file', undefined],
    ['a file cut short', '{"pid": 1'],
    ['a file of another shape', '{"pid": -1}'],
  ])('finds nothing to do with %s', async (title, text) => {
    const file = join(scratch, `${title}.json`);
    if (text !== undefined) writeFileSync(file, text);
    expect(await stopOrphan(file)).toBeUndefined();
  });
});
