import { emptyCollection, type Bench } from '../bench';
import { frameId, items } from '../frames';
import { atMost, bounded, type Row } from '../row';
import { median, repeat, timed } from '../stats';

const FRAMES = 10_000;
const VERSIONS = 1_000;
const PAGES = 200;
const EDITS = 40;

/** Reads and edits on a dataset with many versions: a page, a frame's history, one label's edit, a tag. */
export async function versions(bench: Bench): Promise<Row[]> {
  const { client, scale, floor } = bench;
  const frames = Math.round(FRAMES * scale);
  const last = Math.max(20, Math.round(VERSIONS * scale));
  const dataset = await bench.filled('versions', frames);
  const page = (at: string | number, n: number) =>
    client.get(`${dataset}/frames?limit=100&version=${at}&after=${frameId((n * 97) % (frames - 100))}`);
  const edit = (n: number, left: number) =>
    client.send('PATCH', `${dataset}/frames/${frameId(n)}?wait=10s`, {
      labels: { merge: [{ label_id: `b${n}-0`, geometry: { left } }] },
    });
  await addVersions(bench, dataset, frames, 10);
  const earlyPage = await repeat(PAGES, (n) => page('latest', n));
  const earlyEdits = await repeat(EDITS, (at) => edit(at * 7, 1.5 + at));
  await addVersions(bench, dataset, frames, last);
  const head = Number((await client.get(dataset)).body.head);
  if (head < last) throw new Error(`The dataset is at version ${head}, not ${last}`);
  const middle = Math.round(last / 2);
  const pages: Record<'head' | 'old' | 'middle', number[]> = { head: [], old: [], middle: [] };
  for (let n = 0; n < PAGES; n++) {
    pages.head.push((await timed(() => page('latest', n))).ms);
    pages.old.push((await timed(() => page(1, n))).ms);
    pages.middle.push((await timed(() => page(middle, n))).ms);
  }
  const headPage = median(pages.head);
  const lateEdits = await repeat(EDITS, (at) => edit(at * 7, 2.5 + at));
  const history = await repeat(PAGES, (n) =>
    client.get(`${dataset}/frames/${frameId(frames / 100 + n)}/history?limit=100`),
  );
  const long = await repeat(PAGES, () => client.get(`${dataset}/frames/${frameId(0)}/history?limit=100`));
  const tags = await repeat(PAGES, (n) =>
    client.send('PUT', `${dataset}/tags/bench_${n}`, { version: 1 + (n % last) }),
  );
  const collection = await emptyCollection(floor, 'tags');
  const writes = await repeat(PAGES, (n) => collection.insertOne({ n }));
  return [
    { name: `Page of 100 at head, after ${last} versions of 1 %, p50`, value: headPage, unit: 'ms' },
    atMost('Page of 100 at version 1', median(pages.old), 'ms', { name: 'at head', value: headPage }, 1.3),
    atMost(`Page of 100 at version ${middle}`, median(pages.middle), 'ms', { name: 'at head', value: headPage }, 1.3),
    { name: 'Page of 100 at head, at version 10', value: median(earlyPage), unit: 'ms' },
    bounded("A frame's history, p50", median(history), 'ms', '<=', 10),
    bounded(`The newest 100 entries of a history of ${last}, p50`, median(long), 'ms', '<=', 10),
    atMost(
      'Edit of one label at the last version, visible, p50',
      median(lateEdits),
      'ms',
      { name: 'at version 10', value: median(earlyEdits) },
      1.2,
    ),
    atMost('Tagging a version, p50', median(tags), 'ms', { name: 'one insertOne', value: median(writes) }, 3),
  ];
}

/** Makes versions up to the given one, each of 1 % of the frames, as one upload of many posts. */
async function addVersions({ client }: Bench, dataset: string, frames: number, upTo: number): Promise<void> {
  const share = Math.round(frames / 100);
  const { body } = await client.send('POST', `${dataset}/uploads`, {});
  const upload = `${dataset}/uploads/${String(body.upload_id)}`;
  for (let version = (await headOf(client, dataset)) + 1; version <= upTo; version++) {
    // All posts share the first frame, so no two can join one version.
    const from = (1 + (version % 99)) * share;
    const body = Buffer.concat([items(0, 1, () => version), items(from, share - 1, () => version)]);
    await client.send('POST', `${upload}/items`, body);
  }
  await client.send('POST', `${upload}/close`);
  await client.ended(upload);
}

async function headOf(client: Bench['client'], dataset: string): Promise<number> {
  return Number((await client.get(dataset)).body.head);
}
