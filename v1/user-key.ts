const PREFIX = 'user__';

/**
 * The name under which the client knows a metadata field: `user__` in front of the stored key. A key with `user__`
 * further in is its own name, as the client sends it (protocol 5.2).
 */
export function userKey(key: string): string {
  return key.indexOf(PREFIX) > 0 ? key : PREFIX + key;
}

/** True for the keys under which the client sends metadata; every key that holds the mark is one (protocol 5.2). */
export function isUserKey(key: string): boolean {
  return key.includes(PREFIX);
}

/** The key that a metadata field is stored under: without the client's `user__` in front. */
export function metadataKey(key: string): string {
  return key.startsWith(PREFIX) && key.length > PREFIX.length ? key.slice(PREFIX.length) : key;
}
