import { s3Pieces, type S3Pieces } from './pieces';

/** What the settings say about a bucket. */
export interface S3Settings {
  readonly s3Bucket: string | undefined;
  readonly s3Endpoint: string | undefined;
  readonly s3Region: string;
  readonly s3AccessKeyId: string | undefined;
  readonly s3SecretAccessKey: string | undefined;
}

/**
 * The bucket that the settings name; undefined when they name none.
 * @throws Error when half of a credential is missing
 */
export async function bucketOf(settings: S3Settings): Promise<S3Pieces | undefined> {
  const { s3Bucket, s3Endpoint, s3Region, s3AccessKeyId, s3SecretAccessKey } = settings;
  if (s3Bucket === undefined) return undefined;
  if ((s3AccessKeyId === undefined) !== (s3SecretAccessKey === undefined))
    throw new Error('Only one of S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY is set; set both, or none to use a role');
  return s3Pieces({
    bucket: s3Bucket,
    endpoint: s3Endpoint,
    region: s3Region,
    ...(s3AccessKeyId !== undefined &&
      s3SecretAccessKey !== undefined && {
        credentials: { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey },
      }),
  });
}
