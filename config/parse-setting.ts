import { resolve } from 'node:path';
import { LOG_LEVELS, SettingError, type LogLevel, type Setting } from './setting-types';

const TRUE_WORDS = ['true', '1', 'yes', 'on'];
const FALSE_WORDS = ['false', '0', 'no', 'off'];

/**
 * Reads the text of one environment variable.
 * @throws SettingError when the text is not of the setting's type
 */
export function parseSetting(setting: Setting, text: string): string | number | boolean | readonly string[] {
  switch (setting.type) {
    case 'string':
      return text;
    case 'path':
      return resolve(text);
    case 'url':
      return parseUrl(setting, text);
    case 'mongodb_uri':
      if (!/^mongodb(\+srv)?:\/\/[^/]+/.test(text)) {
        throw refusal(setting, text, 'a connection string such as mongodb://127.0.0.1:27017/vivarium?replicaSet=rs0');
      }
      return text;
    case 'address':
      return parseAddress(setting, text);
    case 'port':
      return parseNumber(setting, text, setting.range ?? [1, 65_535], 'a port number');
    case 'integer':
      return parseNumber(setting, text, setting.range ?? [0, Number.MAX_SAFE_INTEGER], 'a whole number');
    case 'boolean':
      return parseBoolean(setting, text);
    case 'log_level':
      return parseLogLevel(setting, text);
    case 'hosts':
      return parseHosts(setting, text);
  }
}

function parseUrl(setting: Setting, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
    throw refusal(
      setting,
      text,
      'an http or https URL without query or fragment, such as https://vivarium.example.org',
    );
  }
  return url.href.replace(/\/+$/, '');
}

function parseAddress(setting: Setting, text: string): string {
  const expected = 'host:port, such as 127.0.0.1:7233';
  const [, host, port] = /^(\[[0-9A-Fa-f:.]+\]|[^\s:/[\]]+):(\d+)$/.exec(text) ?? [];
  if (host === undefined || port === undefined) throw refusal(setting, text, expected);
  if (Number(port) < 1 || Number(port) > 65_535) throw refusal(setting, text, expected);
  return text;
}

function parseNumber(setting: Setting, text: string, [least, most]: readonly [number, number], noun: string): number {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  // Written so that NaN is refused too.
  if (!(value >= least && value <= most)) throw refusal(setting, text, `${noun} from ${least} to ${most}`);
  return value;
}

function parseBoolean(setting: Setting, text: string): boolean {
  const word = text.toLowerCase();
  if (TRUE_WORDS.includes(word)) return true;
  if (FALSE_WORDS.includes(word)) return false;
  throw refusal(setting, text, 'true or false');
}

function parseLogLevel(setting: Setting, text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (level === undefined) throw refusal(setting, text, `one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

function parseHosts(setting: Setting, text: string): string[] {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  for (const host of hosts) {
    if (!/^(\[[0-9a-f:.]+\]|[^\s:/[\]]+)(:\d+)?$/.test(host)) {
      throw refusal(setting, text, 'hosts with commas between, such as data.example.org,10.0.0.7:8000');
    }
  }
  return hosts;
}

function refusal(setting: Setting, text: string, expected: string): SettingError {
  const given = setting.secret ? 'its value (not shown, it may hold a password)' : `"${text}"`;
  return new SettingError(
    `The setting ${setting.name} should be ${expected}, but ${given} is not; correct it or unset it`,
  );
}
