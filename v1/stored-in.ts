/**
 * The key of a label object that says where the stored label stands, when the client had to be told another place. New
 * versions of the client ignore it; old ones, which send back the label objects that they read, send it too, so that a
 * label that nobody changed comes back as it was.
 */
export const STORED_IN = 'stored_in';
