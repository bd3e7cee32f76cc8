/** Where objects are served, below the public URL. */
export const OBJECTS_ROOT = '/objects';

/** Where an object is written to; `root` is the public URL. */
export function uploadUrl(root: string, upload_token: string): string {
  return `${root}${OBJECTS_ROOT}/uploads/${upload_token}`;
}

/** Where an object is read; with an empty `root` it is the form that is stored in frames. */
export function objectUrl(root: string, object_id: string): string {
  return `${root}${OBJECTS_ROOT}/${object_id}`;
}
