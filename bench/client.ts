import { Agent, request } from 'node:http';
import { waitFor } from './wait-for';

export interface Answer {
  status: number;
  body: Record<string, unknown> & { items?: Record<string, unknown>[] };
}

export interface Upload {
  state: string;
  first_version: number | null;
  last_version: number | null;
  counts: Record<string, number>;
}

const ENDED = ['DONE', 'PARTIAL', 'FAILED', 'CANCELLED'];

/** A client of the native API over kept connections, `lanes` of them. */
export class BenchClient {
  private readonly agents: Agent[];

  constructor(
    private readonly url: string,
    private readonly key: string,
    lanes = 8,
  ) {
    this.agents = Array.from({ length: lanes }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  }

  close(): void {
    for (const agent of this.agents) agent.destroy();
  }

  /** Sends a request below /api/v2, or to a path that begins with /api; throws on an error status. A Buffer goes as NDJSON, an object as JSON, a stream in pieces. */
  async send(method: string, path: string, body?: object | Buffer | AsyncIterable<Buffer>, lane = 0): Promise<Answer> {
    const answer = await new Promise<Answer>((resolve, reject) => {
      const sent = request(
        `${this.url}${path.startsWith('/api/') ? '' : '/api/v2'}${path}`,
        {
          method,
          agent: this.agents[lane],
          headers: { 'x-illume-api-key': this.key, 'content-type': contentType(body) },
        },
        (response) => {
          const pieces: Buffer[] = [];
          response.on('data', (piece: Buffer) => pieces.push(piece));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(pieces).toString('utf8');
            resolve({
              status: response.statusCode ?? 0,
              body: text === '' ? {} : (JSON.parse(text) as Answer['body']),
            });
          });
        },
      );
      sent.on('error', reject);
      if (body === undefined || Buffer.isBuffer(body)) sent.end(body);
      else if (Symbol.asyncIterator in body) void pump(body as AsyncIterable<Buffer>, sent).catch(reject);
      else sent.end(JSON.stringify(body));
    });
    if (answer.status >= 400)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer;
  }

  get(path: string, lane = 0): Promise<Answer> {
    return this.send('GET', path, undefined, lane);
  }

  /** Opens an upload, sends each body as one post, two at a time, and closes it; answers it once it is DONE. */
  async upload(dataset: string, bodies: (Buffer | AsyncIterable<Buffer>)[]): Promise<Upload> {
    const { body } = await this.send('POST', `${dataset}/uploads`, {});
    const upload = `${dataset}/uploads/${String(body.upload_id)}`;
    let next = 0;
    const lane = async (at: number): Promise<void> => {
      while (next < bodies.length) await this.send('POST', `${upload}/items`, bodies[next++], at);
    };
    await Promise.all([lane(0), lane(1)]);
    await this.send('POST', `${upload}/close`);
    const result = await this.ended(upload);
    if (result.state !== 'DONE')
      throw new Error(`The upload into ${dataset} ended ${result.state}: ${JSON.stringify(result.counts)}`);
    return result;
  }

  /** Waits until nothing that was sent into a dataset is pending. */
  async drained(dataset: string): Promise<void> {
    const look = async () => {
      const { body } = await this.get(`${dataset}/uploads?limit=10`);
      const pending = (body.items ?? []).map((upload) => (upload.counts as { pending: number }).pending);
      return pending.every((count) => count === 0) || undefined;
    };
    await waitFor(`everything in ${dataset} to be committed`, look, 5);
  }

  /** Waits until an upload has ended. */
  async ended(upload: string): Promise<Upload> {
    const look = async () => {
      const { body } = await this.get(upload);
      return ENDED.includes(String(body.state)) ? (body as unknown as Upload) : undefined;
    };
    return waitFor(`the end of ${upload}`, look, 20);
  }
}

function contentType(body: unknown): string {
  return typeof body === 'object' && body !== null && !Buffer.isBuffer(body) && !(Symbol.asyncIterator in body)
    ? 'application/json'
    : 'application/x-ndjson';
}

async function pump(pieces: AsyncIterable<Buffer>, sent: ReturnType<typeof request>): Promise<void> {
  for await (const piece of pieces) if (!sent.write(piece)) await new Promise((resolve) => sent.once('drain', resolve));
  sent.end();
}
