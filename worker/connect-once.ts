/**
 * One connection for all who ask for it. An attempt that failed is forgotten, so that the next who asks makes another: a
 * database that was away once is not away for ever.
 */
export function connectOnce<T>(connect: () => Promise<T>): () => Promise<T> {
  let connection: Promise<T> | undefined;
  return () => {
    connection ??= connect().catch((error: unknown) => {
      connection = undefined;
      throw error;
    });
    return connection;
  };
}
