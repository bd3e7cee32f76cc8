import type { KeyRecord } from '../../store/records';
import type { KeyStore } from '../../store/store';

/** Milliseconds for which a key is taken as valid without asking; so long a revocation may go unnoticed elsewhere. */
export const KEY_CACHE_MS = 5_000;

/** More than any installation has in use at a time; when it is full it starts over. */
const MAX_ENTRIES = 1_000;

/** Finds keys by the hash of their secret and remembers the valid ones for a moment. Unknown ones are not remembered. */
export class KeyCache {
  private readonly known = new Map<string, { key: KeyRecord; until: number }>();

  constructor(
    private readonly keys: KeyStore,
    private readonly clock: () => Date,
  ) {}

  /** Null for an unknown or revoked secret. */
  async find(secretHash: string): Promise<KeyRecord | null> {
    const now = this.clock().getTime();
    const hit = this.known.get(secretHash);
    if (hit !== undefined && hit.until > now) return hit.key;
    const key = await this.keys.bySecretHash(secretHash);
    if (key === null) {
      this.known.delete(secretHash);
      return null;
    }
    if (this.known.size >= MAX_ENTRIES) this.known.clear();
    this.known.set(secretHash, { key, until: now + KEY_CACHE_MS });
    return key;
  }

  /** Makes this process notice a revocation at once. */
  forget(key_id: string): void {
    for (const [hash, { key }] of this.known) if (key.key_id === key_id) this.known.delete(hash);
  }
}
