/** What a setting's text is read as: `path` is made absolute, `address` is `host:port`, `url` is http(s) without a
 * trailing slash, `hosts` a list of `host` or `host:port` with commas. */
export type SettingType =
  'string' | 'path' | 'url' | 'mongodb_uri' | 'address' | 'port' | 'integer' | 'boolean' | 'log_level' | 'hosts';

/** One row of the table of settings. */
export interface Setting {
  /** The environment variable. */
  name: string;
  type: SettingType;
  /** The value when the variable is unset or empty; undefined means that the setting is absent then. */
  default: string | number | boolean | undefined;
  /** Smallest and largest legal value of an `integer` or a `port`. */
  range?: readonly [number, number];
  /** Never to be shown in an error or a log. */
  secret?: boolean;
  /** One sentence for the reader of the documentation. */
  sentence: string;
}

/** The levels of the log, from the quietest. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The TypeScript type that a setting type is parsed to. */
export type ParsedSetting<T extends SettingType> = T extends 'port' | 'integer'
  ? number
  : T extends 'boolean'
    ? boolean
    : T extends 'log_level'
      ? LogLevel
      : T extends 'hosts'
        ? readonly string[]
        : string;

/** A setting that cannot be used; its message names the variable, what was expected and what was given. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}
