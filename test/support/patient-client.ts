import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer<T> {
  status: number;
  body: T;
  headers: Headers;
}

const TRY_MS = 60_000;
const AGAIN_MS = 250;

/** What a cautious client does: whatever was not answered is sent again, with the same Idempotency-Key. */
export class PatientClient {
  /** Requests that had to be sent again. */
  repeats = 0;

  constructor(
    private readonly root: string,
    private readonly key: string,
  ) {}

  async ready(): Promise<void> {
    const answer = await fetch(`${this.root}/readyz`, { signal: AbortSignal.timeout(5_000) });
    if (answer.status !== 200) throw new Error(`Not ready: ${await answer.text()}`);
  }

  get = <T>(path: string): Promise<T> => this.send<T>('GET', path).then(({ body }) => body);

  post = <T>(path: string, body?: unknown): Promise<T> =>
    this.send<T>('POST', path, JSON.stringify(body ?? {}), 'application/json').then((answer) => answer.body);

  put = <T>(path: string, body: unknown): Promise<Answer<T>> =>
    this.send<T>('PUT', path, JSON.stringify(body), 'application/json');

  /** Posts lines to an upload; when it returns, they are acknowledged. */
  postLines = (path: string, lines: readonly string[]): Promise<{ first_index: number; count: number }> =>
    this.send<{ first_index: number; count: number }>(
      'POST',
      path,
      `${lines.join('\n')}\n`,
      'application/x-ndjson',
    ).then(({ body }) => body);

  /** All entries of a list, page by page. */
  async all<T>(path: string, limit = 1_000): Promise<T[]> {
    const found: T[] = [];
    let after = '';
    for (;;) {
      const page = await this.get<{ items: T[]; next_cursor: string | number | null }>(
        `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${after}`,
      );
      found.push(...page.items);
      if (page.next_cursor === null) return found;
      after = `&after=${encodeURIComponent(page.next_cursor)}`;
    }
  }

  /** Throws what the API says against the request; everything else is tried again for up to `patienceMs`. */
  async send<T>(method: string, path: string, body?: string, type?: string, patienceMs = 120_000): Promise<Answer<T>> {
    const headers: Record<string, string> = { 'x-illume-api-key': this.key };
    if (method !== 'GET') headers['idempotency-key'] = randomUUID();
    if (type !== undefined) headers['content-type'] = type;
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const answer = await this.once<T>(method, path, headers, body);
      if (!('trouble' in answer)) return answer;
      if (Date.now() > deadline) throw answer.trouble;
      this.repeats++;
      await sleep(AGAIN_MS);
    }
  }

  /** The answer, or the trouble that makes it worth another try. */
  private async once<T>(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string | undefined,
  ): Promise<Answer<T> | { trouble: unknown }> {
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`${this.root}/api/v2${path}`, {
        method,
        headers,
        body,
        signal: AbortSignal.timeout(TRY_MS),
      });
      text = await answer.text();
    } catch (error) {
      return { trouble: error };
    }
    if (answer.status === 503) return { trouble: new Error(`503: ${text}`) };
    if (answer.status >= 400 || text === '')
      throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
    return { status: answer.status, body: JSON.parse(text) as T, headers: answer.headers };
  }
}
