import { emptyCollection, type Bench } from '../bench';
import { frame, frameId } from '../frames';
import { atLeast, bounded, type Row } from '../row';
import { inLanes, median, quantile, timed } from '../stats';
import { waitFor } from '../wait-for';

const CONNECTIONS = 8;
const WRITES = 5_000;
const ROUNDS = 3;
const VISIBLE_SAMPLES = 50;

/** Single-frame PUTs from eight connections, in turn with single inserts of the plain driver from as many. */
export async function singleWrites(bench: Bench): Promise<Row[]> {
  const { client, floor, scale } = bench;
  const dataset = await bench.dataset('single');
  const writes = Math.round(WRITES * scale);
  const put = (n: number, salt: number, lane: number) =>
    client.send('PUT', `${dataset}/frames/${frameId(n)}`, frame(n, salt), lane);
  const collection = await emptyCollection(floor, 'insert_one');
  await inLanes(CONNECTIONS, Math.min(500, writes), (at, lane) => put(at, -1, lane));
  await client.drained(dataset);
  const latencies: number[] = [];
  const accepted: number[] = [];
  const sustained: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const puts = await timed(() => inLanes(CONNECTIONS, writes, (at, lane) => put(at, round, lane)));
    const drain = await timed(() => client.drained(dataset));
    latencies.push(...puts.result);
    accepted.push((writes / puts.ms) * 1000);
    sustained.push((writes / (puts.ms + drain.ms)) * 1000);
    const inserts = await timed(() =>
      inLanes(CONNECTIONS, writes, (at) => collection.insertOne({ frame_id: frameId(at), ...frame(at, round) })),
    );
    plain.push((writes / inserts.ms) * 1000);
  }
  const visible: number[] = [];
  for (let at = 0; at < VISIBLE_SAMPLES; at++) {
    await put(at, 1_000 + at, 0);
    visible.push((await timed(() => seen(bench, dataset, at, 1_000 + at))).ms);
  }
  const insertOne = { name: 'insertOne, 8 at a time', value: median(plain) };
  return [
    bounded('Single-frame PUT, 8 connections: acknowledged, p50', median(latencies), 'ms', '<=', 10),
    { name: 'Single-frame PUT, 8 connections: acknowledged, p95', value: quantile(latencies, 0.95), unit: 'ms' },
    bounded('Single-frame PUT, 8 connections: accepted and committed', median(sustained), 'writes/s', '>=', 500),
    atLeast('Single-frame PUT: accepted, against plain inserts', median(accepted), 'writes/s', insertOne, 0.7),
    bounded('Single-frame PUT: visible after the acknowledgement, p50', median(visible), 'ms', '<=', 500),
  ];
}

async function seen({ client }: Bench, dataset: string, n: number, salt: number): Promise<void> {
  const look = async () => {
    const { body } = await client.get(`${dataset}/frames/${frameId(n)}`);
    return (body.metadata as { salt?: number }).salt === salt || undefined;
  };
  await waitFor(`the write of frame ${n} to be visible in ${dataset}`, look, 2);
}
