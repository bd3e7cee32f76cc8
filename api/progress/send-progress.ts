import type { Response } from 'express';
import type { UploadRecord } from '../../store/records';
import type { ProgressEvent, UploadProgress } from './upload-progress';

export interface ProgressLimits {
  /** How often a comment is sent when nothing changes, so that proxies keep the connection. */
  heartbeatMs: number;
  /** A client that does not read for so long that this many bytes wait is let go; it may connect again. */
  mostWaitingBytes: number;
}

const LIMITS: ProgressLimits = { heartbeatMs: 15_000, mostWaitingBytes: 1024 * 1024 };

/**
 * Answers with server-sent events until the upload has ended or the client leaves. Events carry whole states, so a
 * client that connects again misses nothing, whatever its Last-Event-ID.
 */
export async function sendProgress(
  res: Response,
  progress: UploadProgress,
  upload: UploadRecord,
  { heartbeatMs, mostWaitingBytes }: ProgressLimits = LIMITS,
): Promise<undefined> {
  res.status(200).set({
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // Asks proxies such as nginx not to hold events back.
    'X-Accel-Buffering': 'no',
  });
  res.flushHeaders();
  if (res.req.method === 'HEAD') return void res.end();
  const write = (text: string): void => {
    if (res.writableLength > mostWaitingBytes) res.destroy();
    else res.write(text);
  };
  const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs);
  const stop = progress.watch(upload, (event: ProgressEvent | null) => {
    if (event === null) return res.end();
    write(`event: ${event.event}\ndata: ${event.data}\n\n`);
    if (event.event === 'end') res.end();
  });
  await new Promise<void>((resolve) => {
    if (res.writableEnded || res.closed) return resolve();
    res.once('close', resolve);
  });
  clearInterval(heartbeat);
  stop();
}
