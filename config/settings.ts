import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseSetting } from './parse-setting';
import type { ParsedSetting, Setting } from './setting-types';

/** Every setting there is. docs/references/settings.md is checked against this table. */
export const SETTINGS = {
  host: {
    name: 'HOST',
    type: 'string',
    default: '127.0.0.1',
    sentence: 'The address that the API listens on; 0.0.0.0 opens it to the network.',
  },
  port: {
    name: 'PORT',
    type: 'port',
    range: [0, 65_535],
    default: 8080,
    sentence: 'The port that the API listens on.',
  },
  publicUrl: {
    name: 'PUBLIC_URL',
    type: 'url',
    default: undefined,
    sentence: 'The root of the URLs that the API hands out; unset, it is the listening address.',
  },
  dataDir: {
    name: 'VIVARIUM_DATA_DIR',
    type: 'path',
    default: './.vivarium',
    sentence: 'The folder of `npm start` for the data of MongoDB and Temporal, the admin key, logs and pid files.',
  },
  cacheDir: {
    name: 'VIVARIUM_CACHE_DIR',
    type: 'path',
    default: undefined,
    sentence: 'The folder for fetched engines; unset, it is `vivarium` in XDG_CACHE_HOME or in ~/.cache.',
  },
  xdgCacheHome: {
    name: 'XDG_CACHE_HOME',
    type: 'path',
    default: undefined,
    sentence: "The user's cache folder, as the XDG Base Directory Specification has it.",
  },
  adminKey: {
    name: 'VIVARIUM_ADMIN_KEY',
    type: 'string',
    default: undefined,
    secret: true,
    sentence: 'The first admin key; unset, `npm start` makes one at its first start and keeps it in the data folder.',
  },
  mongodbUri: {
    name: 'MONGODB_URI',
    type: 'mongodb_uri',
    default: undefined,
    secret: true,
    sentence: 'A MongoDB replica set to use; unset, `npm start` starts its own. It may name the database.',
  },
  temporalAddress: {
    name: 'TEMPORAL_ADDRESS',
    type: 'address',
    default: undefined,
    sentence: 'The host and port of a Temporal server to use; unset, `npm start` starts its own.',
  },
  temporalNamespace: {
    name: 'TEMPORAL_NAMESPACE',
    type: 'string',
    default: 'default',
    sentence: 'The Temporal namespace; it must exist when TEMPORAL_ADDRESS is given.',
  },
  mongodbPort: {
    name: 'MONGODB_PORT',
    type: 'port',
    default: 27_117,
    sentence: 'The port of the MongoDB that `npm start` starts.',
  },
  temporalPort: {
    name: 'TEMPORAL_PORT',
    type: 'port',
    default: 7233,
    sentence: 'The port of the Temporal server that `npm start` starts.',
  },
  temporalUi: {
    name: 'TEMPORAL_UI',
    type: 'boolean',
    default: true,
    sentence: 'Whether the Temporal server that `npm start` starts serves its web UI.',
  },
  temporalUiPort: {
    name: 'TEMPORAL_UI_PORT',
    type: 'port',
    default: 8233,
    sentence: 'The port of the web UI of the Temporal server that `npm start` starts.',
  },
  taskQueue: {
    name: 'TASK_QUEUE',
    type: 'string',
    default: 'vivarium',
    sentence: 'The Temporal task queue that API and workers share.',
  },
  oldClientDataHosts: {
    name: 'OLD_CLIENT_DATA_HOSTS',
    type: 'hosts',
    default: undefined,
    sentence:
      'Hosts, with commas between, that files named by clients of `/api/v1` may be fetched from; private addresses must be given as addresses.',
  },
  maxObjectGib: {
    name: 'MAX_OBJECT_GIB',
    type: 'integer',
    range: [1, 5_000],
    default: 50,
    sentence: 'The most that one uploaded file or asset may have, in GiB.',
  },
  s3Bucket: {
    name: 'S3_BUCKET',
    type: 'string',
    default: undefined,
    sentence: 'The bucket that uploaded files and assets go to; unset, they go to MongoDB.',
  },
  s3Endpoint: {
    name: 'S3_ENDPOINT',
    type: 'url',
    default: undefined,
    sentence: "The root of another store than Amazon's that speaks S3.",
  },
  s3Region: {
    name: 'S3_REGION',
    type: 'string',
    default: 'us-east-1',
    sentence: 'The region of the bucket.',
  },
  s3AccessKeyId: {
    name: 'S3_ACCESS_KEY_ID',
    type: 'string',
    default: undefined,
    sentence: "The access key for the bucket; unset, the SDK's own sources are used, such as the machine's role.",
  },
  s3SecretAccessKey: {
    name: 'S3_SECRET_ACCESS_KEY',
    type: 'string',
    default: undefined,
    secret: true,
    sentence: 'The secret of the access key.',
  },
  logLevel: {
    name: 'LOG_LEVEL',
    type: 'log_level',
    default: 'info',
    sentence: 'The lowest level that is logged: silent, fatal, error, warn, info, debug or trace.',
  },
} as const satisfies Record<string, Setting>;

type Table = typeof SETTINGS;

/** The settings of one process, parsed. Absent ones are undefined. */
export type Settings = {
  readonly [Key in keyof Table]:
    ParsedSetting<Table[Key]['type']> | (Table[Key]['default'] extends undefined ? undefined : never);
};

/**
 * Reads all settings. An empty variable counts as unset.
 * @throws SettingError for the first setting that cannot be used
 */
export function loadSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const read = Object.entries<Setting>(SETTINGS).map(([key, setting]) => {
    const text = env[setting.name]?.trim() || setting.default?.toString();
    return [key, text === undefined ? undefined : parseSetting(setting, text)];
  });
  return Object.fromEntries(read) as Settings;
}

/** The folder that fetched engines are kept in. */
export function cacheDirectory(settings: Pick<Settings, 'cacheDir' | 'xdgCacheHome'>): string {
  return settings.cacheDir ?? join(settings.xdgCacheHome ?? join(homedir(), '.cache'), 'vivarium');
}

/** The database that a connection string names, else `vivarium`. */
export function databaseName(mongodbUri: string): string {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]*)/.exec(mongodbUri) ?? [];
  return name ? decodeURIComponent(name) : 'vivarium';
}

/** The root of the URLs to hand out, without a trailing slash; `port` is the one really listened on. */
export function publicUrl(settings: Pick<Settings, 'publicUrl' | 'host'>, port: number): string {
  if (settings.publicUrl !== undefined) return settings.publicUrl;
  // A wildcard address can be listened on, but not called.
  const callable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[settings.host] ?? settings.host;
  return `http://${callable.includes(':') ? `[${callable}]` : callable}:${port}`;
}
