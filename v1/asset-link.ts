/** Where the links to assets of Vivarium's own object store begin; they are stored relative to its public URL. */
const OWN_OBJECTS = '/objects/';

/** A stored link as it is handed out: links to own objects with `publicUrl` in front, all others as they are. */
export function assetLink(stored: string, publicUrl: string): string {
  return stored.startsWith(OWN_OBJECTS) ? publicUrl.replace(/\/$/, '') + stored : stored;
}

/** A link as it is stored: the public URL in front of an own object's is left out, so that Vivarium may move. */
export function storedLink(given: string, publicUrl: string): string {
  const root = publicUrl.replace(/\/$/, '');
  return given.startsWith(root) && given.startsWith(OWN_OBJECTS, root.length) ? given.slice(root.length) : given;
}
