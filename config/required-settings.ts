import { SettingError } from './setting-types';
import { SETTINGS, type Settings } from './settings';

/** The settings with the named ones present. */
type With<Key extends keyof Settings> = Settings & { readonly [K in Key]: NonNullable<Settings[K]> };

/**
 * Checks that settings without a default are set.
 * @param who the command that needs them, for the message
 * @throws SettingError that names all that are missing
 */
export function requireSettings<Key extends keyof Settings>(
  settings: Settings,
  keys: readonly Key[],
  who: string,
): With<Key> {
  const missing = keys.filter((key) => settings[key] === undefined).map((key) => SETTINGS[key].name);
  if (missing.length > 0) {
    throw new SettingError(
      `${who} needs ${missing.join(' and ')}; set ${missing.length > 1 ? 'them' : 'it'}, or run "npm start", which starts MongoDB and Temporal too`,
    );
  }
  return settings as With<Key>;
}
