import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { put, TestApi } from './api-harness';
import { eventually } from '../support/eventually';

let api: TestApi;
let dataset: string;
let server: Server;
beforeAll(async () => {
  api = await TestApi.start('progress');
  dataset = await api.dataset('p', 'd');
  server = createServer(api.api.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await api.stop();
});
afterEach(() => api.restore());

interface Event {
  event: string;
  data: { state?: string; counts?: { received: number; applied: number } };
}

/** A client that reads events until the server ends them or it leaves. */
class Client {
  readonly events: Event[] = [];
  readonly comments: string[] = [];
  ended = false;
  private text = '';

  private constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (piece: string) => this.take(piece));
    response.on('end', () => (this.ended = true));
    response.on('error', () => undefined);
  }

  static open(upload_id: string, headers: Record<string, string> = {}): Promise<Client> {
    const { port } = server.address() as AddressInfo;
    const path = `/api/v2${dataset}/uploads/${upload_id}/events`;
    return new Promise((resolve, reject) => {
      get({ port, path, headers: { 'x-illume-api-key': api.admin, ...headers } }, (res) => resolve(new Client(res))).on(
        'error',
        reject,
      );
    });
  }

  leave(): void {
    this.response.destroy();
  }

  private take(piece: string): void {
    this.text += piece;
    for (let end = this.text.indexOf('\n\n'); end >= 0; end = this.text.indexOf('\n\n')) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(this.text.slice(0, end)) ?? [];
      if (event === undefined) this.comments.push(this.text.slice(0, end));
      else this.events.push({ event, data: JSON.parse(data ?? '') as Event['data'] });
      this.text = this.text.slice(end + 2);
    }
  }
}

const open = async () => ((await api.post(`${dataset}/uploads`)).body as { upload_id: string }).upload_id;

describe('the events of an upload', () => {
  it('tell how it stands, then every change, then the end', async () => {
    const id = await open();
    const client = await Client.open(id, { 'last-event-id': '12345' });
    expect(client.response.headers['content-type']).toMatch(/^text\/event-stream/);
    await eventually(() => expect(client.events).toMatchObject([{ event: 'progress', data: { state: 'OPEN' } }]));
    await api.post(`${dataset}/uploads/${id}/items`, [put('a'), put('b')]);
    await eventually(() => expect(client.events.at(-1)?.data.counts).toMatchObject({ received: 2, applied: 2 }));
    expect(client.ended).toBe(false);
    await api.post(`${dataset}/uploads/${id}/close`);
    await eventually(() => expect(client.ended).toBe(true));
    expect(client.events.slice(-2)).toMatchObject([
      { event: 'progress', data: { state: 'DONE' } },
      { event: 'end', data: { state: 'DONE' } },
    ]);
    const texts = client.events.filter(({ event }) => event === 'progress').map(({ data }) => JSON.stringify(data));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('of an upload that has ended are its state and the end', async () => {
    const id = await api.upload(dataset, [put('c')]);
    const client = await Client.open(id);
    await eventually(() => expect(client.ended).toBe(true));
    expect(client.events.map(({ event }) => event)).toEqual(['progress', 'end']);
  });

  it('cost one poll however many watch, and none when all have left', async () => {
    const id = await open();
    const look = api.replace('uploads', 'get');
    const clients = await Promise.all(Array.from({ length: 8 }, () => Client.open(id)));
    await eventually(() => expect(clients.every(({ events }) => events.length > 0)).toBe(true));
    // As long as one look is not answered, there is no other.
    const real = look.getMockImplementation();
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    look.mockClear();
    look.mockImplementation(async (...args: unknown[]) => {
      await held;
      return (real as (...all: unknown[]) => unknown)(...args);
    });
    await eventually(() => expect(look).toHaveBeenCalled());
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(look).toHaveBeenCalledTimes(1);
    answer();
    await eventually(() => expect(look.mock.calls.length).toBeGreaterThan(2));
    for (const client of clients) client.leave();
    await eventually(async () => {
      look.mockClear();
      await new Promise((resolve) => setTimeout(resolve, 800));
      expect(look).not.toHaveBeenCalled();
    });
  });

  it('end when the dataset is deleted', async () => {
    const gone = await api.dataset('p', 'gone');
    const { upload_id } = (await api.post(`${gone}/uploads`)).body as { upload_id: string };
    const watched = dataset;
    dataset = gone;
    const client = await Client.open(upload_id);
    dataset = watched;
    await eventually(() => expect(client.events).toHaveLength(1));
    await api.store.database.c.uploads.deleteOne({ _id: upload_id });
    await eventually(() => expect(client.ended).toBe(true));
    expect(client.events.at(-1)).toEqual({ event: 'end', data: {} });
  });

  it('answer a HEAD without waiting', async () => {
    const answer = await api.call('HEAD', `${dataset}/uploads/${await open()}/events`);
    expect(answer).toMatchObject({ status: 200, type: 'text/event-stream' });
  });

  it('stop when the process does', async () => {
    const other = await TestApi.start('stopping');
    const path = await other.dataset('p', 'd');
    const { upload_id } = (await other.post(`${path}/uploads`)).body as { upload_id: string };
    const look = other.replace('uploads', 'get');
    const answer = other.get(`${path}/uploads/${upload_id}/events`);
    // The first look is the request's own, the second the watch's.
    await eventually(() => expect(look.mock.calls.length).toBeGreaterThan(1));
    other.api.stopWatching();
    expect((await answer).text).toMatch(/^event: progress\n/);
    expect((await other.get(`${path}/uploads/${upload_id}/events`)).text).toBe('');
    await other.stop();
  });
});
