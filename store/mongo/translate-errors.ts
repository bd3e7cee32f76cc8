import {
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoNotConnectedError,
  MongoWriteConcernError,
} from 'mongodb';
import { StoreError } from '../errors';

/** Server codes of a node that is stepping down, shutting down or out of time: the same call may succeed later. */
const TRANSIENT_CODES = new Set([6, 7, 50, 64, 89, 91, 112, 133, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

/** Errors of a socket that the driver passed on as they were. */
const SOCKET_CODES = new Set([
  'EPIPE',
  'ECONNRESET',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/** Whether the trouble is the server's or the network's, not the data's. Reads the driver's labels first. */
export function isTransient(error: unknown): boolean {
  if (error instanceof StoreError) return error.code === 'store_unavailable';
  if (error instanceof Error && SOCKET_CODES.has(String((error as NodeJS.ErrnoException).code))) return true;
  if (!(error instanceof MongoError)) return false;
  if (
    error.hasErrorLabel('TransientTransactionError') ||
    error.hasErrorLabel('UnknownTransactionCommitResult') ||
    error.hasErrorLabel('RetryableWriteError') ||
    error.hasErrorLabel('ResumableChangeStreamError')
  )
    return true;
  if (
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoTopologyClosedError ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoWriteConcernError
  )
    return true;
  return error instanceof MongoServerError && TRANSIENT_CODES.has(Number(error.code));
}

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11000;
}

/** The driver's error as the store's: only unavailability has a meaning to callers; the rest is passed on. */
export function translate(error: unknown): unknown {
  if (error instanceof StoreError || !isTransient(error)) return error;
  return new StoreError('store_unavailable', 'The database does not answer at the moment', { cause: error });
}

/** The same group of verbs with every rejection translated. */
export function translating<T extends object>(verbs: T): T {
  return new Proxy(verbs, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result: unknown = value.apply(target, args);
        if (result instanceof Promise) return result.catch((error: unknown) => Promise.reject(translate(error)));
        if (isAsyncIterable(result)) return translatingIterable(result);
        return result;
      };
    },
  });
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function* translatingIterable(source: AsyncIterable<unknown>): AsyncIterable<unknown> {
  try {
    yield* source;
  } catch (error) {
    throw translate(error);
  }
}
