import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, type Child } from '../../../engines/child';
import { freePort } from '../../../engines/ports';
import { waitUntilUp } from '../../../engines/wait-until-up';
import { pythonTool } from '../../support/python-environment';

export interface S3Server {
  endpoint: string;
  bucket: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Every object of the bucket lies below it as a file. */
  folder: string;
  child: Child;
}

/**
 * Starts a server that speaks S3, with one bucket; it is fetched at first.
 * @throws Error with a sentence when it cannot be had
 */
export async function startS3Server(scratch: string): Promise<S3Server> {
  const python = await pythonTool('s3-server', join(__dirname, 'requirements.txt'));
  const bucket = 'vivarium';
  const folder = join(scratch, 'data', bucket);
  mkdirSync(folder, { recursive: true });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'of the tests' };
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = await startChild({
    command: python,
    args: ['-m', 'nanio', 'serve', '--data-dir', join(scratch, 'data'), '--host', '127.0.0.1', '--port', String(port)],
    logFile: join(scratch, 's3.log'),
    env: {
      ...process.env,
      NANIO_ACCESS_KEY: credentials.accessKeyId,
      NANIO_SECRET_KEY: credentials.secretAccessKey,
    },
  });
  const isUp = async (): Promise<boolean> => (await fetch(endpoint)).status < 500;
  await waitUntilUp({ child, what: 'The S3 server of the tests', timeoutMs: 60_000, isUp });
  return { endpoint, bucket, credentials, folder, child };
}
