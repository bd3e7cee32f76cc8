import { once } from 'node:events';
import { request, type IncomingHttpHeaders } from 'node:http';

export interface Exchanged {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  text: string;
}

/** One request and its answer, byte for byte: no redirect is followed and nothing is decoded. */
export function exchange(
  method: string,
  url: string,
  headers: Record<string, string> = {},
  body?: Buffer | AsyncIterable<Buffer>,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    let answered = false;
    // A connection of its own: what a refused request leaves unsent must not come before another.
    const sent = request(url, { method, headers, agent: false }, (res) => {
      answered = true;
      const parts: Buffer[] = [];
      res.on('data', (part: Buffer) => parts.push(part));
      res.on('error', reject);
      res.on('end', () => {
        const whole = Buffer.concat(parts);
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: whole, text: whole.toString() });
        sent.destroy();
      });
    });
    sent.on('error', (error) => {
      if (!answered) reject(error);
    });
    if (body === undefined || Buffer.isBuffer(body)) sent.end(body);
    else pour(body, sent).catch((error: unknown) => void (answered || reject(error as Error)));
  });
}

async function pour(body: AsyncIterable<Buffer>, sent: ReturnType<typeof request>): Promise<void> {
  sent.flushHeaders();
  for await (const part of body) {
    if (sent.destroyed) return;
    if (!sent.write(part)) await once(sent, 'drain');
  }
  sent.end();
}
