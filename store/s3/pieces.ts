import { StoreError } from '../errors';
import type { PieceStore } from '../pieces';

/** Where and how to reach a bucket. */
export interface S3Options {
  bucket: string;
  /** Another service than Amazon's; its buckets are named in the path. */
  endpoint?: string;
  region: string;
  /** Absent, the SDK looks where it always does: its own variables and files, the machine's role. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** Pieces in a bucket of a store that speaks S3. */
export interface S3Pieces extends PieceStore {
  close(): void;
}

/**
 * Each piece is one S3 object of the size of the old client's chunk. Not a multipart upload: twins of a chunk would
 * write the same part, the last of them would count, and parts other than the last may not be small.
 */
const PIECE_BYTES = 8 * 1024 * 1024;
/** A bucket that is not reached, or says nothing, for so long is away. */
const CONNECT_MS = 5_000;
const SILENCE_MS = 30_000;
const PREFIX = 'objects/';
const REMOVE_AT_ONCE = 1_000;

/** Loads the SDK, which is large, and connects to nothing yet. */
export async function s3Pieces({ bucket, endpoint, region, credentials }: S3Options): Promise<S3Pieces> {
  const { S3Client, ...sdk } = await import('@aws-sdk/client-s3');
  const client = new S3Client({
    region,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials }),
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    // Stores other than Amazon's need not know its newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const reach = <T>(work: Promise<T>): Promise<T> => work.catch((error: unknown) => Promise.reject(explained(error)));

  return {
    place: 's3',
    pieceBytes: PIECE_BYTES,

    async put(id, bytes) {
      await reach(client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: PREFIX + id, Body: bytes })));
    },

    async get(id, start, end) {
      const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: PREFIX + id, Range: `bytes=${start}-${end}` });
      try {
        const { Body } = await client.send(command);
        return Body ? await Body.transformToByteArray() : null;
      } catch (error) {
        if (error instanceof sdk.NoSuchKey) return null;
        throw explained(error);
      }
    },

    async removeSome(prefix) {
      const listing = new sdk.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: `${PREFIX}${prefix}/`,
        MaxKeys: REMOVE_AT_ONCE,
      });
      const { Contents = [], IsTruncated = false } = await reach(client.send(listing));
      const Objects = Contents.map(({ Key }) => ({ Key }));
      if (Objects.length === 0) return true;
      const removal = new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
      const { Errors = [] } = await reach(client.send(removal));
      const [first] = Errors;
      if (first) throw unavailable(`${first.Code} for ${first.Key}: ${first.Message}`);
      return !IsTruncated;
    },

    close: () => client.destroy(),
  };

  /** Whatever the bucket refuses is for the operator to put right; the client may try again. */
  function explained(error: unknown): unknown {
    return error instanceof Error ? unavailable(error.message || error.name, error) : error;
  }

  /** Clients are not told about the bucket; the log is. */
  function unavailable(reason: string, cause?: unknown): StoreError {
    return new StoreError('store_unavailable', 'The store of uploaded files does not answer at the moment', {
      cause: new Error(`The bucket ${bucket} does not do its work: ${reason}`, { cause }),
    });
  }
}
