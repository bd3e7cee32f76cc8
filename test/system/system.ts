import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startChild, type Child } from '../../engines/child';
import { freePort } from '../../engines/ports';
import { freshDatabaseName, testMongoUri, testTemporalAddress } from '../support/engines';
import { eventually } from '../support/eventually';

const DIST = join(__dirname, '..', '..', 'dist');
/** The secret of the admin key of every System in this process. */
export const ADMIN_KEY = `system-test-${randomBytes(16).toString('hex')}`;

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Body;
}

type Outcome = 'received' | 'applied' | 'unchanged' | 'failed' | 'not_applied' | 'pending';

/** The fields of answers that the tests look into; an answer has those of its kind. */
export interface Body {
  [field: string]: unknown;
  upload_id: string;
  state: string;
  kind: string;
  counts: Record<Outcome | 'frames' | 'labels' | 'added', number>;
  items: Body[];
  next_cursor: string | null;
  frame_id: string;
  labels: Body[];
  class: string;
  version: number;
  created_at: string;
  content_hash: string;
  key: string;
  code: string;
  detail: string;
  message: string;
}

export interface Sent {
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as NDJSON. */
  lines?: readonly string[];
  /** Sent as it is. */
  raw?: Uint8Array | string;
  headers?: Record<string, string>;
  /** The secret of a key; the admin's unless given, null for none. */
  key?: string | null;
}

/** API and worker as processes of their own, on the shared engines and a database of their own; spoken to by HTTP only. */
export class System {
  private constructor(
    readonly root: string,
    private readonly processes: Child[],
  ) {}

  /** @param settings beside those that every System has */
  static async start(folder: string, settings: Record<string, string> = {}): Promise<System> {
    const name = freshDatabaseName('system');
    const port = await freePort();
    const env = {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      MONGODB_URI: testMongoUri(name),
      TEMPORAL_ADDRESS: testTemporalAddress(),
      TASK_QUEUE: name,
      VIVARIUM_ADMIN_KEY: ADMIN_KEY,
      LOG_LEVEL: 'info',
      ...settings,
    };
    const start = (part: string) =>
      startChild({
        command: process.execPath,
        args: [join(DIST, part, 'main.js')],
        logFile: join(folder, `${part}.log`),
        env,
      });
    const system = new System(`http://127.0.0.1:${port}`, [await start('worker'), await start('api')]);
    await eventually(async () => expect((await fetch(`${system.root}/readyz`)).status).toBe(200), 60_000, 100);
    return system;
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((one) => one.stop(20_000)));
  }

  /** Sends a request below /api/v2; every status is an answer. */
  async send(
    method: string,
    path: string,
    { json, lines, raw, headers = {}, key = ADMIN_KEY }: Sent = {},
  ): Promise<Answer> {
    const type = lines ? 'application/x-ndjson' : json !== undefined ? 'application/json' : undefined;
    const body = lines ? `${lines.join('\n')}\n` : json !== undefined ? JSON.stringify(json) : raw;
    const answer = await fetch(`${this.root}/api/v2${path}`, {
      method,
      headers: { ...(type && { 'content-type': type }), ...(key !== null && { 'x-illume-api-key': key }), ...headers },
      body,
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: parsed(text) };
  }

  /** The same, of a request that must succeed. */
  async ok(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const answer = await this.send(method, path, sent);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text.slice(0, 2_000)}`);
    return answer;
  }

  get = async (path: string): Promise<Body> => (await this.ok('GET', path)).body;

  /** All entries of a list, page by page. */
  async all(path: string, limit = 100): Promise<Body[]> {
    const found: Body[] = [];
    let cursor = '';
    for (;;) {
      const page = await this.get(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor}`);
      found.push(...page.items);
      if (page.next_cursor === null) return found;
      cursor = `&after=${encodeURIComponent(page.next_cursor)}`;
    }
  }

  /** Opens, fills and closes an upload; answers it in its final state. */
  async upload(dataset: string, lines: readonly string[], opened: object = {}): Promise<Body> {
    const { upload_id } = (await this.ok('POST', `${dataset}/uploads`, { json: opened })).body;
    await this.ok('POST', `${dataset}/uploads/${upload_id}/items`, { lines });
    await this.ok('POST', `${dataset}/uploads/${upload_id}/close`);
    return this.ended(dataset, upload_id);
  }

  /** Waits for an upload's final state; its items add up at every look. */
  async ended(dataset: string, upload_id: string): Promise<Body> {
    let upload = {} as Body;
    await eventually(async () => {
      upload = await this.get(`${dataset}/uploads/${upload_id}`);
      const { received, applied, unchanged, failed, not_applied, pending } = upload.counts;
      expect(applied + unchanged + failed + not_applied + pending).toBe(received);
      expect(['DONE', 'PARTIAL', 'FAILED', 'CANCELLED']).toContain(upload.state);
    }, 60_000);
    return upload;
  }
}

/** Empty for an answer that is no JSON. */
function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {} as Body;
  }
}
