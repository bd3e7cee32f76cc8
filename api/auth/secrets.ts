import { createHash, randomBytes } from 'node:crypto';

/** A new secret of an API key: 256 random bits, so that a plain hash of it cannot be searched. */
export function newSecret(): string {
  return `viv_${randomBytes(32).toString('base64url')}`;
}

/** A new id of an API key, which is no secret. */
export function newKeyId(): string {
  return `key_${randomBytes(8).toString('hex')}`;
}

/** What is stored of a secret: its SHA-256 in hex. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}
