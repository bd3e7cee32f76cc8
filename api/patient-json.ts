import type { Response } from 'express';
import { sendJson, toJson } from './json';

/** Proxies commonly give up an answer of which nothing came for a minute. */
const ALIVE_MS = 15_000;

/**
 * Answers with the JSON of what may take long to find. Meanwhile a space goes out now and then, which keeps the
 * connection and may stand before any JSON value. With the first one the status is 200: a failure after it cuts the
 * answer off, as with every stream.
 * @param aliveMs milliseconds between two spaces
 */
export async function sendJsonPatiently(
  res: Response,
  finding: Promise<unknown>,
  aliveMs = ALIVE_MS,
): Promise<undefined> {
  const alive = setInterval(() => {
    if (!res.headersSent)
      res.status(200).set({ 'Content-Type': 'application/json; charset=utf-8', 'X-Accel-Buffering': 'no' });
    res.write(' ');
  }, aliveMs);
  try {
    const found = await finding;
    if (res.headersSent) res.end(toJson(found));
    else sendJson(res, 200, found);
  } finally {
    clearInterval(alive);
  }
}
