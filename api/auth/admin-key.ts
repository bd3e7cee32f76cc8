import type { Logger } from 'pino';
import { StoreError } from '../../store/errors';
import type { KeyStore } from '../../store/store';
import { hashSecret } from './secrets';

/**
 * Makes sure that the admin key of the settings is known. Changing the setting adds a key and leaves the one before
 * valid until it is revoked; a revoked one stays revoked.
 */
export async function ensureAdminKey(keys: KeyStore, secret: string, logger: Logger): Promise<void> {
  const secret_hash = hashSecret(secret);
  if ((await keys.bySecretHash(secret_hash)) !== null) return;
  const key_id = `admin_${secret_hash.slice(0, 12)}`;
  try {
    await keys.create({ key_id, secret_hash, name: 'Admin key of the settings', role: 'admin' });
    logger.info({ key_id }, 'The admin key of the settings was added');
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'key_exists') throw error;
    // Another process may have added it meanwhile.
    if ((await keys.bySecretHash(secret_hash)) === null) {
      logger.warn({ key_id }, 'The admin key of the settings was revoked; set VIVARIUM_ADMIN_KEY to a new one');
    }
  }
}
