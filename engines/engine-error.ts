/** An engine that cannot be found, fetched, started or reached; the message says what to do about it. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}
