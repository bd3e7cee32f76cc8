/** A file as a whole cannot be read, which ends its upload. The message is for the uploader. */
export class UnreadableFile extends Error {}
