import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { requireSettings } from '../../config/required-settings';
import { cacheDirectory, databaseName, loadSettings, publicUrl, SETTINGS } from '../../config/settings';
import type { Setting } from '../../config/setting-types';

describe('loadSettings', () => {
  it('gives each setting its default in an empty environment', () => {
    expect(loadSettings({})).toEqual({
      host: '127.0.0.1',
      port: 8080,
      publicUrl: undefined,
      dataDir: resolve('.vivarium'),
      cacheDir: undefined,
      xdgCacheHome: undefined,
      adminKey: undefined,
      mongodbUri: undefined,
      temporalAddress: undefined,
      temporalNamespace: 'default',
      mongodbPort: 27_117,
      temporalPort: 7233,
      temporalUi: true,
      temporalUiPort: 8233,
      taskQueue: 'vivarium',
      maxObjectGib: 50,
      s3Bucket: undefined,
      s3Endpoint: undefined,
      s3Region: 'us-east-1',
      s3AccessKeyId: undefined,
      s3SecretAccessKey: undefined,
      logLevel: 'info',
    });
  });

  it('takes an empty variable for an unset one', () => {
    expect(loadSettings({ PORT: '', MONGODB_URI: '  ' })).toMatchObject({ port: 8080, mongodbUri: undefined });
  });

  it.each([
    ['PORT', '0', { port: 0 }],
    ['MONGODB_PORT', '65535', { mongodbPort: 65_535 }],
    ['PUBLIC_URL', 'https://data.example.org/vivarium//', { publicUrl: 'https://data.example.org/vivarium' }],
    ['VIVARIUM_DATA_DIR', 'some/where', { dataDir: resolve('some/where') }],
    ['MONGODB_URI', 'mongodb://a:1,b:2/x?replicaSet=rs', { mongodbUri: 'mongodb://a:1,b:2/x?replicaSet=rs' }],
    ['TEMPORAL_ADDRESS', '[::1]:7233', { temporalAddress: '[::1]:7233' }],
    ['TEMPORAL_UI', 'false', { temporalUi: false }],
    ['TEMPORAL_UI', '0', { temporalUi: false }],
    ['TEMPORAL_UI', 'YES', { temporalUi: true }],
    ['LOG_LEVEL', 'DEBUG', { logLevel: 'debug' }],
  ])('reads %s=%s', (name, text, expected) => {
    expect(loadSettings({ [name]: text })).toMatchObject(expected);
  });

  it.each([
    ['PORT', '65536', 'a port number from 0 to 65535'],
    ['PORT', '80.5', 'a port number from 0 to 65535'],
    ['PORT', '0x50', 'a port number from 0 to 65535'],
    ['MONGODB_PORT', '0', 'a port number from 1 to 65535'],
    ['TEMPORAL_UI', 'maybe', 'true or false'],
    ['TEMPORAL_ADDRESS', 'localhost', 'host:port'],
    ['TEMPORAL_ADDRESS', 'localhost:99999', 'host:port'],
    ['TEMPORAL_ADDRESS', 'http://localhost:7233', 'host:port'],
    ['PUBLIC_URL', 'ftp://example.org', 'an http or https URL'],
    ['PUBLIC_URL', 'example.org', 'an http or https URL'],
    ['LOG_LEVEL', 'loud', 'one of silent, fatal, error'],
  ])('refuses %s=%s, naming the setting, what was expected and what was given', (name, text, expected) => {
    const load = () => loadSettings({ [name]: text });
    expect(load).toThrow(`The setting ${name} should be ${expected}`);
    expect(load).toThrow(`"${text}"`);
  });

  it('never shows a connection string, which may hold a password', () => {
    const load = () => loadSettings({ MONGODB_URI: 'mongo://admin:hunter2@db/x' });
    expect(load).toThrow('MONGODB_URI');
    expect(load).not.toThrow('hunter2');
  });
});

describe('the table of settings', () => {
  const rows = Object.values<Setting>(SETTINGS);

  it('names each variable once', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  it.each(rows.map((row) => [row.name, row.sentence]))('describes %s in a sentence', (_name, sentence) => {
    expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
  });
});

describe('requireSettings', () => {
  it('names all that are missing, and the way without them', () => {
    const settings = loadSettings({});
    expect(() => requireSettings(settings, ['mongodbUri', 'temporalAddress'], '"npm run start:api"')).toThrow(
      '"npm run start:api" needs MONGODB_URI and TEMPORAL_ADDRESS; set them, or run "npm start"',
    );
  });

  it('gives settings back that are there', () => {
    const settings = loadSettings({ TEMPORAL_ADDRESS: 'a:1' });
    expect(requireSettings(settings, ['temporalAddress'], 'x').temporalAddress).toBe('a:1');
  });
});

describe('databaseName', () => {
  it.each([
    ['mongodb://localhost', 'vivarium'],
    ['mongodb://localhost/', 'vivarium'],
    ['mongodb://localhost/?replicaSet=a/b', 'vivarium'],
    ['mongodb://user:p%2Fw@a:1,b:2/cells?replicaSet=rs', 'cells'],
    ['mongodb+srv://cluster.example.org/blood%20cells', 'blood cells'],
  ])('of %s is %s', (uri, name) => {
    expect(databaseName(uri)).toBe(name);
  });
});

describe('publicUrl', () => {
  it.each([
    [{ host: '127.0.0.1', publicUrl: undefined }, 'http://127.0.0.1:8080'],
    [{ host: '0.0.0.0', publicUrl: undefined }, 'http://127.0.0.1:8080'],
    [{ host: '::', publicUrl: undefined }, 'http://[::1]:8080'],
    [{ host: '127.0.0.1', publicUrl: 'https://v.example.org' }, 'https://v.example.org'],
  ])('of %j is %s', (settings, expected) => {
    expect(publicUrl(settings, 8080)).toBe(expected);
  });
});

describe('cacheDirectory', () => {
  it.each([
    [{ cacheDir: '/a', xdgCacheHome: '/b' }, '/a'],
    [{ cacheDir: undefined, xdgCacheHome: '/b' }, '/b/vivarium'],
    [{ cacheDir: undefined, xdgCacheHome: undefined }, join(homedir(), '.cache', 'vivarium')],
  ])('of %j is %s', (settings, expected) => {
    expect(cacheDirectory(settings)).toBe(expected);
  });
});
